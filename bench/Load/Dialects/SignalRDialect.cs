namespace HeliosStarling.Load;

/// <summary>SignalR's hub protocol in JSON, without negotiation.</summary>
internal sealed class SignalRDialect : Dialect
{
    public override string Path => "/signalr";

    public override IReadOnlyList<(byte[]? Send, string Until)> Greeting =>
        [(ClientFrame.Text("{\"protocol\":\"json\",\"version\":1}\u001e"), "{}")];

    public override byte[] Echo(int slot) => Invoke(slot, "Echo");

    public override byte[] Broadcast(int slot) => Invoke(slot, "Broadcast");

    public override (int Answers, int Deliveries) Classify(ReadOnlySpan<byte> text)
    {
        var (answers, deliveries) = (0, 0);
        // One frame may contain several records.
        for (int end; (end = text.IndexOf((byte)0x1e)) >= 0; text = text[(end + 1)..])
        {
            var record = text[..end];
            if (record.StartsWith("{\"type\":3"u8)) answers += record.IndexOf("\"error\""u8) < 0 ? 1 : throw Failure(record);
            if (record.StartsWith("{\"type\":1"u8)) deliveries++;
        }
        return (answers, deliveries);
    }

    private static byte[] Invoke(int slot, string target) =>
        ClientFrame.Text($$"""{"type":1,"invocationId":"{{slot}}","target":"{{target}}","arguments":[{{Payload}}]}""" + "\u001e");
}
