using System.Buffers.Binary;
using System.Text;

namespace HeliosStarling.Load;

/// <summary>Client frames, made once and sent many times.</summary>
internal static class ClientFrame
{
    private const uint Mask = 0x37FA213D;

    public static byte[] Text(string text) => Make(0x81, Encoding.UTF8.GetBytes(text));

    public static byte[] Pong(ReadOnlySpan<byte> payload) => Make(0x8A, payload);

    // FIN and opcode | mask bit and 7-bit length or 126 + 16-bit length | mask | payload (RFC 6455 section 5.2)
    private static byte[] Make(byte first, ReadOnlySpan<byte> payload)
    {
        var header = payload.Length < 126 ? 2 : 4;
        var frame = new byte[header + 4 + payload.Length];
        frame[0] = first;
        frame[1] = (byte)(0x80 | (header == 2 ? payload.Length : 126));
        if (header == 4) BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), checked((ushort)payload.Length));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(header), Mask);
        for (var i = 0; i < payload.Length; i++) frame[header + 4 + i] = (byte)(payload[i] ^ (byte)(Mask >> (8 * (3 - (i & 3)))));
        return frame;
    }
}
