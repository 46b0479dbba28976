using System.Text;

namespace HeliosStarling.Micro;

/// <summary>Messages as a client writes them, with about 100 bytes of payload.</summary>
internal static class SampleMessages
{
    public const string Method = "bench:echo";
    public const string Topic = "bench";

    private const string Head = "\"protocol\":\"helios-starling\",\"version\":\"1.0.0\",\"timestamp\":1700000000000";
    private const string Id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    private const string Json = """{"message":"The quick brown fox jumps over the lazy dog, and the dog sleeps.","room":"lobby"}""";

    public static Payload Payload => new() { Message = "The quick brown fox jumps over the lazy dog, and the dog sleeps.", Room = "lobby" };

    public static byte[] IdText => Encoding.UTF8.GetBytes(Id);

    public static byte[] Request => Of($"\"type\":\"request\",\"requestId\":\"{Id}\",\"method\":\"{Method}\",\"payload\":{Json}");

    public static byte[] Notification => Of($$"""
        "type":"notification","notification":{"topic":"{{Topic}}","data":{{Json}}}
        """);

    /// <summary>A small message without a handler.</summary>
    public static byte[] Ignored => Of("\"type\":\"notification\",\"notification\":{\"topic\":\"nobody\"}");

    /// <summary>The start of an acknowledgement. Its number and the closing brace are missing.</summary>
    public static byte[] AckUpToNumber => Encoding.UTF8.GetBytes($"{{{Head},\"type\":\"ack\",\"messageId\":\"{Id}\",\"received\":");

    private static byte[] Of(string fields) => Encoding.UTF8.GetBytes($"{{{Head},{fields}}}");
}
