using System.Buffers.Binary;

namespace HeliosStarling.Fuzz;

/// <summary>Client frames, valid and invalid.</summary>
internal static class ClientBytes
{
    private static readonly int[] s_closeCodes =
        [1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1015, 2999, 3000, 4000, 4002, 4999, 5000, 0, 65535];

    /// <summary>A whole message in one frame or in fragments, sometimes with control frames between them.</summary>
    public static byte[] Message(byte[] message, Cursor choices, bool isBinary = false)
    {
        var opcode = (byte)(isBinary ? 0x2 : 0x1);
        if (!choices.Flag(4) || message.Length < 2) return Frame((byte)(0x80 | opcode), message, choices.Next());
        var bytes = new List<byte>();
        var size = Math.Max(1, message.Length / (1 + choices.Next(5)));
        for (var at = 0; at < message.Length; at += size)
        {
            var end = Math.Min(at + size, message.Length);
            bytes.AddRange(
                Frame((byte)((end == message.Length ? 0x80 : 0) | (at == 0 ? opcode : 0)), message.AsSpan(at, end - at), choices.Next()));
            if (end < message.Length && choices.Flag(3)) bytes.AddRange(Frame((byte)(choices.Flag(2) ? 0x89 : 0x8A), [1, 2], 7));
        }
        return [.. bytes];
    }

    /// <summary>A frame with random parts.</summary>
    public static byte[] Any(byte[] payload, Cursor choices)
    {
        var first = (byte)((choices.Next() << 4) | choices.Pick<byte>([0x1, 0x0, 0x2, 0x8, 0x9, 0xA, 0x3, 0xB, 0xF]));
        if (!choices.Flag(6)) first = (byte)((first & 0x0F) | (choices.Flag(4) ? 0 : 0x80));
        var lengthSize = choices.Pick([0, 2, 8, 0]);
        var length = choices.Next(6) switch
        {
            0 => choices.Pick(new ulong[] { 0, 125, 126, 1024, 1025, 16384, 16385, 65535, 65536, 1UL << 31, 1UL << 62, 1UL << 63 }),
            _ => (ulong)payload.Length,
        };
        return Frame(first, payload, choices.Next(), choices.Flag(8), lengthSize, length);
    }

    public static byte[] Control(Cursor choices) => choices.Next(5) switch
    {
        0 => Frame(0x89, new byte[choices.Pick([0, 4, 125])], choices.Next()),
        1 => Frame(0x8A, new byte[choices.Pick([0, 4, 125])], choices.Next()),
        2 => Frame(0x88, choices.Pick<byte[]>([[], [3], [3, 232, 0xFF]]), choices.Next()),
        _ => Close(choices.Pick(s_closeCodes), choices.Next(124), choices.Next()),
    };

    /// <summary>A valid frame with the shortest header.</summary>
    public static byte[] Frame(byte first, ReadOnlySpan<byte> payload, byte mask) =>
        Frame(
            first,
            payload,
            mask,
            isUnmasked: false,
            payload.Length <= 125 ? 0 : payload.Length <= ushort.MaxValue ? 2 : 8,
            (ulong)payload.Length);

    private static byte[] Close(int code, int length, byte mask) => Frame(0x88, [(byte)(code >> 8), (byte)code, .. new byte[length]], mask);

    private static byte[] Frame(byte first, ReadOnlySpan<byte> payload, byte mask, bool isUnmasked, int lengthSize, ulong length)
    {
        var bytes = new byte[2 + lengthSize + (isUnmasked ? 0 : 4) + payload.Length];
        bytes[0] = first;
        bytes[1] = (byte)((isUnmasked ? 0 : 0x80) | lengthSize switch { 0 => (int)Math.Min(length, 125), 2 => 126, _ => 127 });
        if (lengthSize == 2) BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)length);
        if (lengthSize == 8) BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(2), length);
        if (!isUnmasked) bytes.AsSpan(2 + lengthSize, 4).Fill(mask);
        var start = bytes.Length - payload.Length;
        for (var i = 0; i < payload.Length; i++) bytes[start + i] = (byte)(payload[i] ^ (isUnmasked ? 0 : mask));
        return bytes;
    }
}
