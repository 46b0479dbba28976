using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace HeliosStarling;

/// <summary>Validates UTF-8 that arrives in pieces, which may be cut inside a code point.</summary>
/// <remarks>It finds a fault at the first invalid byte.</remarks>
internal struct Utf8Validator
{
    private const int LongestCodePoint = 4;

    // The bytes of an incomplete code point, in memory order.
    private uint _pending;
    private int _pendingCount;

    /// <summary>Whether the text may end here, because no code point is incomplete.</summary>
    public readonly bool IsComplete => _pendingCount == 0;

    /// <summary>Validates the next piece. Returns false when the text is not UTF-8.</summary>
    public bool TryAppend(ReadOnlySpan<byte> piece)
    {
        if (_pendingCount > 0 && !TryCompletePending(ref piece)) return false;

        var tail = IncompleteTail(piece);
        if (!Utf8.IsValid(piece[..^tail])) return false;
        if (tail == 0) return true;

        var rest = piece[^tail..];
        if (Rune.DecodeFromUtf8(rest, out _, out _) != OperationStatus.NeedMoreData) return false;
        rest.CopyTo(PendingBytes());
        _pendingCount = tail;
        return true;
    }

    private bool TryCompletePending(ref ReadOnlySpan<byte> piece)
    {
        var bytes = PendingBytes();
        while (!piece.IsEmpty)
        {
            bytes[_pendingCount++] = piece[0];
            piece = piece[1..];
            var status = Rune.DecodeFromUtf8(bytes[.._pendingCount], out _, out _);
            if (status == OperationStatus.InvalidData) return false;
            if (status == OperationStatus.NeedMoreData) continue;
            _pendingCount = 0;
            return true;
        }

        return true;
    }

    // The number of bytes at the end that start an incomplete code point. The caller checks whether they are valid.
    private static int IncompleteTail(ReadOnlySpan<byte> piece)
    {
        for (var tail = 1; tail < LongestCodePoint && tail <= piece.Length; tail++)
        {
            var needed = piece[^tail] switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, >= 0x80 => 0, _ => 1 };
            if (needed != 0) return needed > tail ? tail : 0;
        }

        return 0;
    }

    [UnscopedRef]
    private Span<byte> PendingBytes() => MemoryMarshal.AsBytes(new Span<uint>(ref _pending));
}
