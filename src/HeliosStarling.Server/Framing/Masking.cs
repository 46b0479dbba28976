using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeliosStarling;

/// <summary>Masks and unmasks payloads in place (RFC 6455 section 5.3).</summary>
internal static class Masking
{
    // The bits that are set in bytes outside of ASCII.
    private const ulong NotAscii = 0x8080_8080_8080_8080;

    /// <inheritdoc cref="Apply(Span{byte}, uint, out bool)"/>
    public static uint Apply(Span<byte> payload, uint mask) => Apply(payload, mask, out _);

    /// <summary>Applies <paramref name="mask"/> to <paramref name="payload"/>. The payload needs no alignment.</summary>
    /// <param name="payload">The payload, or the next piece of it.</param>
    /// <param name="mask">The mask bytes in memory order. The first one is for the first byte of <paramref name="payload"/>.</param>
    /// <param name="isAscii">Whether the result is ASCII. This costs no extra pass.</param>
    /// <returns>The mask for the next piece.</returns>
    public static uint Apply(Span<byte> payload, uint mask, out bool isAscii)
    {
        ref var first = ref MemoryMarshal.GetReference(payload);
        var seen = 0UL;
        var done = 0;
        if (Vector.IsHardwareAccelerated && payload.Length >= Vector<byte>.Count)
            done = ApplyVectors(ref first, payload.Length, mask, out seen);

        var wide = ((ulong)mask << 32) | mask;
        for (; done <= payload.Length - sizeof(ulong); done += sizeof(ulong))
        {
            ref var word = ref Unsafe.Add(ref first, done);
            var plain = Unsafe.ReadUnaligned<ulong>(ref word) ^ wide;
            Unsafe.WriteUnaligned(ref word, plain);
            seen |= plain;
        }

        for (; done < payload.Length; done++)
        {
            payload[done] ^= FirstByte(mask);
            seen |= payload[done];
            mask = Next(mask);
        }

        isAscii = (seen & NotAscii) == 0;
        return mask;
    }

    private static int ApplyVectors(ref byte first, int length, uint mask, out ulong seen)
    {
        var wide = Vector.AsVectorByte(new Vector<uint>(mask));
        var all = Vector<byte>.Zero;
        nuint done = 0;
        for (; (int)done <= length - Vector<byte>.Count; done += (nuint)Vector<byte>.Count)
        {
            var plain = Vector.LoadUnsafe(ref first, done) ^ wide;
            plain.StoreUnsafe(ref first, done);
            all |= plain;
        }

        seen = Vector.GreaterThanAny(all, new Vector<byte>(0x7F)) ? NotAscii : 0;
        return (int)done;
    }

    private static byte FirstByte(uint mask) => BitConverter.IsLittleEndian ? (byte)mask : (byte)(mask >> 24);

    private static uint Next(uint mask) =>
        BitConverter.IsLittleEndian ? BitOperations.RotateRight(mask, 8) : BitOperations.RotateLeft(mask, 8);
}
