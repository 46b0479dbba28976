using System.Buffers.Binary;

namespace HeliosStarling.Fuzz;

/// <summary>Streams of frames to start from: every opcode, form of length and rule, masked and not.</summary>
internal static class FrameSeeds
{
    private const byte Large = 6;
    private const byte Small = 1;

    public static IEnumerable<byte[]> All =>
    [
        Input(Large, Frame(0x81, "hello"u8)),
        Input(Large, Frame(0x81, "aé€😀"u8), Frame(0x82, [1, 2, 3]), Frame(0x89, [9]), Frame(0x8A, [])),
        Input(Large, Frame(0x01, "aé"u8[..2]), Frame(0x89, []), Frame(0x00, "é€"u8[1..2]), Frame(0x80, "€😀"u8)),
        Input(Large, Frame(0x88, [])),
        Input(Large, Frame(0x88, [3, 0xE8, .. "bye é"u8]), Frame(0x81, "late"u8)),
        Input(Large, Frame(0x02, new byte[125]), Frame(0x00, new byte[126]), Frame(0x80, new byte[300])),
        Input(Large, Frame(0x82, new byte[5000]), Frame(0x81, "x"u8)),
        Input(Small, Frame(0x81, "longer than seven"u8), Frame(0x82, new byte[112]), Frame(0x82, new byte[113])),
        Input(5, Frame(0x82, new byte[6000]), Frame(0x81, "next"u8)),
        Input(2, Frame(0x01, new byte[60]), Frame(0x00, new byte[60]), Frame(0x80, new byte[60]), Frame(0x81, "next"u8)),
        Input(Large, [0x81, 0x05, .. "plain"u8]),
        Input(Large, [0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4, .. new byte[100]]),
        Input(Large, [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]),
    ];

    private static byte[] Input(byte max, params byte[][] frames) => [max, 1, .. frames.SelectMany(bytes => bytes)];

    private static byte[] Frame(byte first, ReadOnlySpan<byte> payload)
    {
        // Masked with 0, so that a mutation of the payload changes the message in the same way.
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)payload.Length);
        return payload.Length <= 125
            ? [first, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]
            : [first, 0xFE, .. length, 0, 0, 0, 0, .. payload];
    }
}
