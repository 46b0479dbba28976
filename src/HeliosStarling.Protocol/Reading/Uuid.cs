using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HeliosStarling.Protocol;

/// <summary>Reads UUIDs: 8-4-4-4-12 hexadecimal digits, any version, any case, nothing else.</summary>
internal static class Uuid
{
    public const int TextLength = 36;

    // An index outside of the vector, for which Shuffle returns zero.
    private const byte Nil = 0xFF;

    public static bool TryParse(ReadOnlySpan<byte> text, out Guid id)
    {
        id = default;
        if (text.Length != TextLength || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
        // The digits without the hyphens, in two halves of 16. The third part overlaps the second.
        ref var first = ref MemoryMarshal.GetReference(text);
        var (start, middle, end) = (
            Vector128.LoadUnsafe(ref first), Vector128.LoadUnsafe(ref first, 16), Vector128.LoadUnsafe(ref first, 20));
        var left = Vector128.Shuffle(start, Vector128.Create(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, Nil, Nil))
            | Vector128.Shuffle(middle, Vector128.Create(Nil, Nil, Nil, Nil, Nil, Nil, Nil, Nil, Nil, Nil, Nil, Nil, Nil, Nil, 0, 1));
        var right = Vector128.Shuffle(middle, Vector128.Create(3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, Nil, Nil, Nil, Nil))
            | Vector128.Shuffle(end, Vector128.Create(Nil, Nil, Nil, Nil, Nil, Nil, Nil, Nil, Nil, Nil, Nil, Nil, 12, 13, 14, 15));
        var isHex = IsHex(left) & IsHex(right);
        if (isHex != Vector128<byte>.AllBitsSet) return false;
        Span<byte> bytes = stackalloc byte[16];
        Vector128.Narrow(Pair(left), Pair(right)).CopyTo(bytes);
        id = new Guid(bytes, bigEndian: true);
        return true;
    }

    private static Vector128<byte> IsHex(Vector128<byte> text) =>
        Vector128.LessThanOrEqual(text - Vector128.Create((byte)'0'), Vector128.Create((byte)9))
        | Vector128.LessThanOrEqual((text | Vector128.Create((byte)0x20)) - Vector128.Create((byte)'a'), Vector128.Create((byte)5));

    /// <summary>Converts each pair of digits to a number.</summary>
    private static Vector128<ushort> Pair(Vector128<byte> digits)
    {
        // The low four bits of a letter start at 1.
        var values = (digits & Vector128.Create((byte)0x0F))
            + (Vector128.GreaterThan(digits, Vector128.Create((byte)'9')) & Vector128.Create((byte)9));
        // The first digit comes first in memory and is the more significant one.
        var pairs = values.AsUInt16();
        var (first, second) = BitConverter.IsLittleEndian ? (pairs << 4, pairs >>> 8) : (pairs >>> 4, pairs);
        return (first | second) & Vector128.Create((ushort)0xFF);
    }
}
