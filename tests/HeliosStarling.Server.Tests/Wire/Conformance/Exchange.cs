using System.Security.Cryptography;
using HeliosStarling.Framing;

namespace HeliosStarling.Wire;

/// <summary>
/// What a client sends on a connection of its own, and every frame that it gets for it until the server ends the connection.
/// </summary>
/// <param name="Name">What is tried.</param>
/// <param name="Frames">What the client sends.</param>
/// <param name="Expected">What it gets, as <see cref="Line"/> writes it.</param>
internal sealed record Exchange(string Name, ClientFrame[] Frames, string[] Expected)
{
    /// <summary>In how many bytes each write of the client is; 0 for one write.</summary>
    public int Chop { get; init; }

    /// <summary>A client that does nothing wrong, and closes.</summary>
    public static Exchange Good(string name, IEnumerable<ClientFrame> frames, params string[] expected) =>
        new(name, [.. frames, ClientFrame.Close(1000)], [.. expected, "close 1000"]);

    /// <summary>A client whose last frame makes the server close.</summary>
    public static Exchange Fault(string name, int code, IEnumerable<ClientFrame> frames, params string[] before) =>
        new(name, [.. frames], [.. before, $"close {code}"]) { IsFault = true };

    private bool IsFault { get; init; }

    /// <summary>A message as the client should see it come back.</summary>
    public static string Line(bool isText, byte[] payload) => payload.Length > 200
        ? $"{(isText ? "text" : "binary")} of {payload.Length}: {Convert.ToHexString(SHA256.HashData(payload))}"
        : $"{(isText ? "text" : "binary")} {Convert.ToHexString(payload)}";

    public static string Line(string text) => Line(isText: true, System.Text.Encoding.UTF8.GetBytes(text));

    public static string Pong(params byte[] payload) => $"pong {Convert.ToHexString(payload)}";

    public async Task RunAsync(WireClient client)
    {
        var sending = SendAsync(client);
        var lines = new List<string>();
        while (await client.TryReadFrameAsync() is { } frame)
        {
            lines.Add(Line(frame));
            if (frame.Opcode == ServerFrame.CloseOpcode) await AnswerAsync(client, frame, sending);
        }
        Assert.Equal([Name, .. Expected], [Name, .. lines]);
    }

    private async Task AnswerAsync(WireClient client, ServerFrame close, Task sending)
    {
        await sending;
        if (!Frames.Any(sent => sent.Opcode == ServerFrame.CloseOpcode))
            await client.SendAsync(new ClientFrame(ServerFrame.CloseOpcode, close.Payload));
    }

    private async Task SendAsync(WireClient client)
    {
        var bytes = ClientFrame.Join(Frames);
        foreach (var piece in bytes.Chunk(Chop == 0 ? bytes.Length : Chop)) await client.SendBytesAsync(piece);
    }

    private string Line(ServerFrame frame) => frame.Opcode switch
    {
        ServerFrame.CloseOpcode => (IsFault ? $"close {frame.CloseCode}" : $"close {frame.CloseCode} {frame.CloseReason}").TrimEnd(),
        ServerFrame.PongOpcode => Pong(frame.Payload),
        _ => Line(frame.Opcode == ServerFrame.TextOpcode, frame.Payload),
    };
}
