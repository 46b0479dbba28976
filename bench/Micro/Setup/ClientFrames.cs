using System.Buffers.Binary;

namespace HeliosStarling.Micro;

/// <summary>Masked frames.</summary>
internal static class ClientFrames
{
    public const uint Mask = 0x37FA213D;

    // FIN and opcode | mask bit and 126 | 16-bit length | mask | payload
    public static byte[] Of(ReadOnlySpan<byte> text)
    {
        var frame = new byte[8 + text.Length];
        (frame[0], frame[1]) = (0x81, 0x80 | 126);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)text.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Mask);
        text.CopyTo(frame.AsSpan(8));
        Masking.Apply(frame.AsSpan(8), Mask);
        return frame;
    }

    public static byte[] Repeat(ReadOnlySpan<byte> text, int times) =>
        [.. Enumerable.Repeat(Of(text), times).SelectMany(static frame => frame)];
}
