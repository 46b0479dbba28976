namespace HeliosStarling.Load;

/// <summary>
/// A hand-written protocol on Bun: parse, look at the method, stringify. Its message is smaller than that of Helios.
/// </summary>
internal sealed class BunDialect : Dialect
{
    public override string Path => "/echo";

    public override byte[] Echo(int slot) => Request(slot, "echo");

    public override byte[] Broadcast(int slot) => Request(slot, "broadcast");

    public override (int Answers, int Deliveries) Classify(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("{\"topic\""u8)) return (0, 1);
        return text.IndexOf("\"success\":true"u8) >= 0 ? (1, 0) : throw Failure(text);
    }

    private static byte[] Request(int slot, string method) =>
        ClientFrame.Text($$"""{"id":{{slot}},"method":"{{method}}","payload":{{Payload}}}""");
}
