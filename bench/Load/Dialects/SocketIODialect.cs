namespace HeliosStarling.Load;

/// <summary>Socket.IO 4 over WebSocket only.</summary>
internal sealed class SocketIODialect : Dialect
{
    private static readonly byte[] s_pong = ClientFrame.Text("3");

    public override string Path => "/socket.io/?EIO=4&transport=websocket";

    public override IReadOnlyList<(byte[]? Send, string Until)> Greeting => [(null, "0{"), (ClientFrame.Text("40"), "40")];

    public override byte[] Echo(int slot) => Emit(slot, "echo");

    public override byte[] Broadcast(int slot) => Emit(slot, "broadcast");

    public override (int Answers, int Deliveries) Classify(ReadOnlySpan<byte> text) =>
        text.StartsWith("43"u8) ? (1, 0) : text.StartsWith("42"u8) ? (0, 1) : default;

    public override byte[]? Reply(ReadOnlySpan<byte> text) => text.SequenceEqual("2"u8) ? s_pong : null;

    private static byte[] Emit(int slot, string name) => ClientFrame.Text($"42{slot}[\"{name}\",{Payload}]");
}
