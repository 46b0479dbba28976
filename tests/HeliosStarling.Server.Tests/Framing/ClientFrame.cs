using System.Buffers.Binary;
using System.Text;

namespace HeliosStarling.Framing;

/// <summary>A client's frame as bytes, made by hand so that every rule can be broken.</summary>
internal sealed record ClientFrame(byte Opcode, byte[] Payload)
{
    public bool Fin { get; init; } = true;

    public byte ReservedBits { get; init; }

    public byte[]? Mask { get; init; } = [0x37, 0xfa, 0x21, 0x3d];

    /// <summary>0, 2 or 8 bytes; null for the fewest.</summary>
    public int? LengthSize { get; init; }

    /// <summary>The length in the header instead of the payload's length.</summary>
    public ulong? ClaimedLength { get; init; }

    public static ClientFrame Text(string text) => new(0x1, Encoding.UTF8.GetBytes(text));

    public static ClientFrame Binary(params byte[] payload) => new(0x2, payload);

    public static ClientFrame Continuation(params byte[] payload) => new(0x0, payload);

    public static ClientFrame Ping(params byte[] payload) => new(0x9, payload);

    public static ClientFrame Pong(params byte[] payload) => new(0xA, payload);

    public static ClientFrame Close(int code, string reason = "") =>
        new(0x8, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    /// <summary>A text as fragments of <paramref name="size"/> bytes.</summary>
    public static IEnumerable<ClientFrame> Fragments(byte opcode, byte[] payload, int size)
    {
        for (var at = 0; at < payload.Length; at += size)
        {
            var end = Math.Min(at + size, payload.Length);
            yield return new ClientFrame(at == 0 ? opcode : (byte)0, payload[at..end]) { Fin = end == payload.Length };
        }
    }

    public byte[] ToBytes()
    {
        var length = ClaimedLength ?? (ulong)Payload.Length;
        var lengthSize = LengthSize ?? (length <= 125 ? 0 : length <= ushort.MaxValue ? 2 : 8);
        var bytes = new byte[2 + lengthSize + (Mask?.Length ?? 0) + Payload.Length];
        bytes[0] = (byte)((Fin ? 0x80 : 0) | (ReservedBits << 4) | Opcode);
        bytes[1] = (byte)((Mask is null ? 0 : 0x80) | lengthSize switch { 0 => (int)length, 2 => 126, _ => 127 });
        if (lengthSize == 2) BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)length);
        if (lengthSize == 8) BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(2), length);
        Mask?.CopyTo(bytes, 2 + lengthSize);
        var start = bytes.Length - Payload.Length;
        for (var i = 0; i < Payload.Length; i++) bytes[start + i] = (byte)(Payload[i] ^ (Mask?[i % 4] ?? 0));
        return bytes;
    }

    public static byte[] Join(params IEnumerable<ClientFrame> frames) => [.. frames.SelectMany(frame => frame.ToBytes())];
}
