using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HeliosStarling.Protocol;

/// <summary>Reads UUIDs: 8-4-4-4-12 hexadecimal digits, any version, any case, nothing else.</summary>
internal static class Uuid
{
    public const int TextLength = 36;

    // No place of a vector: what is taken from there is zero.
    private const byte No = 0xFF;

    public static bool TryParse(ReadOnlySpan<byte> text, out Guid id)
    {
        id = default;
        if (text.Length != TextLength || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
        // Without the hyphens, in two halves of 16 digits; the third piece overlaps the second.
        ref var first = ref MemoryMarshal.GetReference(text);
        var (start, middle, end) = (
            Vector128.LoadUnsafe(ref first), Vector128.LoadUnsafe(ref first, 16), Vector128.LoadUnsafe(ref first, 20));
        var left = Vector128.Shuffle(start, Vector128.Create(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, No, No))
            | Vector128.Shuffle(middle, Vector128.Create(No, No, No, No, No, No, No, No, No, No, No, No, No, No, 0, 1));
        var right = Vector128.Shuffle(middle, Vector128.Create(3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, No, No, No, No))
            | Vector128.Shuffle(end, Vector128.Create(No, No, No, No, No, No, No, No, No, No, No, No, 12, 13, 14, 15));
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

    /// <summary>Makes each pair of digits a number.</summary>
    private static Vector128<ushort> Pair(Vector128<byte> digits)
    {
        // The lower half of a letter's byte counts from 1.
        var values = (digits & Vector128.Create((byte)0x0F))
            + (Vector128.GreaterThan(digits, Vector128.Create((byte)'9')) & Vector128.Create((byte)9));
        // In memory the first digit comes first, and is worth more.
        var pairs = values.AsUInt16();
        var (first, second) = BitConverter.IsLittleEndian ? (pairs << 4, pairs >>> 8) : (pairs >>> 4, pairs);
        return (first | second) & Vector128.Create((ushort)0xFF);
    }
}
