namespace HeliosStarling.Load;

/// <summary>The Helios-Starling protocol.</summary>
internal sealed class HeliosDialect : Dialect
{
    private const string Head = "\"protocol\":\"helios-starling\",\"version\":\"1.0.0\",\"timestamp\":1700000000000";

    public override string Path => "/helios";

    public override byte[] Echo(int slot) => Request(slot, "bench:echo", Payload);

    public override byte[] Broadcast(int slot) => Request(slot, "bench:broadcast", Payload);

    public static byte[] Request(int slot, string method, string payload) => ClientFrame.Text(
        $$"""{{{Head}},"type":"request","requestId":"3f2504e0-4f89-41d3-9a0c-{{slot:x12}}","method":"{{method}}","payload":{{payload}}}""");

    /// <summary>A broadcast to one group.</summary>
    public static byte[] ToGroup(int slot, string group) => Request(slot, "bench:group", Payload[..^1] + $",\"group\":\"{group}\"}}");

    /// <summary>A broadcast to marked starlings only.</summary>
    public static byte[] ToMarked(int slot) => Request(slot, "bench:filtered", Payload);

    public override (int Answers, int Deliveries) Classify(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf("\"type\":\"notification\""u8) >= 0) return text.IndexOf("\"topic\":\"bench\""u8) >= 0 ? (0, 1) : default;
        if (text.IndexOf("\"success\":true"u8) >= 0) return (1, 0);
        throw Failure(text);
    }
}
