using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeliosStarling;

/// <summary>Masks and unmasks payloads in place (RFC 6455 section 5.3).</summary>
internal static class Masking
{
    /// <summary>Applies <paramref name="mask"/> to <paramref name="payload"/>, which may start at any address.</summary>
    /// <param name="payload">The payload, or the next piece of it.</param>
    /// <param name="mask">The mask bytes in memory order, its first byte for the first of <paramref name="payload"/>.</param>
    /// <returns>The mask for the piece that follows.</returns>
    public static uint Apply(Span<byte> payload, uint mask)
    {
        ref var first = ref MemoryMarshal.GetReference(payload);
        var done = 0;
        if (Vector.IsHardwareAccelerated && payload.Length >= Vector<byte>.Count)
            done = ApplyVectors(ref first, payload.Length, mask);

        var wide = ((ulong)mask << 32) | mask;
        for (; done <= payload.Length - sizeof(ulong); done += sizeof(ulong))
        {
            ref var word = ref Unsafe.Add(ref first, done);
            Unsafe.WriteUnaligned(ref word, Unsafe.ReadUnaligned<ulong>(ref word) ^ wide);
        }

        for (; done < payload.Length; done++)
        {
            payload[done] ^= FirstByte(mask);
            mask = Next(mask);
        }

        return mask;
    }

    private static int ApplyVectors(ref byte first, int length, uint mask)
    {
        var wide = Vector.AsVectorByte(new Vector<uint>(mask));
        nuint done = 0;
        for (; (int)done <= length - Vector<byte>.Count; done += (nuint)Vector<byte>.Count)
            (Vector.LoadUnsafe(ref first, done) ^ wide).StoreUnsafe(ref first, done);

        return (int)done;
    }

    private static byte FirstByte(uint mask) => BitConverter.IsLittleEndian ? (byte)mask : (byte)(mask >> 24);

    private static uint Next(uint mask) =>
        BitConverter.IsLittleEndian ? BitOperations.RotateRight(mask, 8) : BitOperations.RotateLeft(mask, 8);
}
