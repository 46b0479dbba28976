using System.Buffers.Binary;
using System.Text;

namespace HeliosStarling.Stress;

/// <summary>Hand-made client frames. The project's own client would never send invalid ones.</summary>
internal static class Frames
{
    public const byte Continuation = 0;
    public const byte Text = 1;
    public const byte Binary = 2;
    public const byte Close = 8;
    public const byte Ping = 9;
    public const byte Pong = 10;

    public const int LongestHeader = 14;

    private const uint Mask = 0x37FA213D;

    // FIN and opcode | mask bit and 7-bit length, 126 + 16-bit length or 127 + 64-bit length | mask | payload
    public static byte[] Make(byte opcode, ReadOnlySpan<byte> payload, bool final = true) => Make(opcode, payload, payload.Length, final);

    /// <param name="opcode">The opcode.</param>
    /// <param name="payload">The payload or its beginning.</param>
    /// <param name="length">The payload length in the header.</param>
    /// <param name="final">The FIN bit: no fragment follows.</param>
    private static byte[] Make(byte opcode, ReadOnlySpan<byte> payload, int length, bool final)
    {
        var lengthSize = length < 126 ? 0 : length <= ushort.MaxValue ? 2 : 8;
        var frame = new byte[2 + lengthSize + 4 + payload.Length];
        frame[0] = (byte)((final ? 0x80 : 0) | opcode);
        frame[1] = (byte)(0x80 | (lengthSize == 0 ? length : lengthSize == 2 ? 126 : 127));
        if (lengthSize == 2) BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)length);
        if (lengthSize == 8) BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(2 + lengthSize), Mask);
        var masked = frame.AsSpan(6 + lengthSize);
        for (var i = 0; i < payload.Length; i++) masked[i] = (byte)(payload[i] ^ (byte)(Mask >> (8 * (3 - (i & 3)))));
        return frame;
    }

    public static byte[] OfText(string text) => Make(Text, Encoding.UTF8.GetBytes(text));

    public static byte[] Request(Guid id, string method, string? payload = null) => OfText(RequestText(id, method, payload));

    public static string RequestText(Guid id, string method, string? payload = null) =>
        $$"""{{{Head}},"type":"request","requestId":"{{id}}","method":"{{method}}"{{(payload is null ? "" : $",\"payload\":{payload}")}}}""";

    public static byte[] Notification(string topic, string data, Guid? requestId = null) =>
        OfText(NotificationText(topic, data, requestId));

    public static string NotificationText(string topic, string data, Guid? requestId = null) =>
        $$"""{{{Head}},"type":"notification"{{(requestId is { } id ? $",\"requestId\":\"{id}\"" : "")}},"notification":{"topic":"{{topic}}","data":{{data}}""" + "}}";

    public static byte[] Ack(long received) =>
        OfText($$"""{{{Head}},"type":"ack","messageId":"{{Guid.NewGuid()}}","received":{{received}}}""");

    public static byte[] MessagePing(Guid id) => OfText($$"""{{{Head}},"type":"ping","messageId":"{{id}}"}""");

    /// <summary>A request whose message has exactly this many bytes.</summary>
    public static byte[] RequestOfSize(Guid id, string method, int size)
    {
        var filler = size - RequestText(id, method, "\"\"").Length;
        return Request(id, method, $"\"{new string('x', filler)}\"");
    }

    /// <summary>The first bytes of the frame of <see cref="RequestOfSize"/>, for messages of more than 64 KiB.</summary>
    public static byte[] BeginningOfRequest(Guid id, string method, int size, int length)
    {
        var text = RequestText(id, method, $"\"{new string('x', length)}");
        return Make(Text, Encoding.UTF8.GetBytes(text).AsSpan(0, length - LongestHeader), size, final: true);
    }

    private static string Head => "\"protocol\":\"helios-starling\",\"version\":\"1.0.0\",\"timestamp\":1700000000000";
}
