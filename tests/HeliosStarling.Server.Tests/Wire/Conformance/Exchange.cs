using System.Security.Cryptography;
using HeliosStarling.Framing;

namespace HeliosStarling.Wire;

/// <summary>
/// The frames of a client on its own connection, and all frames of the server until the connection ends.
/// </summary>
/// <param name="Name">The name of the test case.</param>
/// <param name="Frames">The client's frames.</param>
/// <param name="Expected">The server's frames, as <see cref="Line"/> writes them.</param>
internal sealed record Exchange(string Name, ClientFrame[] Frames, string[] Expected)
{
    /// <summary>The size of each write in bytes; 0 for a single write.</summary>
    public int Chop { get; init; }

    /// <summary>A client that sends valid frames and closes.</summary>
    public static Exchange Good(string name, IEnumerable<ClientFrame> frames, params string[] expected) =>
        new(name, [.. frames, ClientFrame.Close(1000)], [.. expected, "close 1000"]);

    /// <summary>A client whose last frame makes the server close.</summary>
    public static Exchange Fault(string name, int code, IEnumerable<ClientFrame> frames, params string[] before) =>
        new(name, [.. frames], [.. before, $"close {code}"]) { IsFault = true };

    private bool IsFault { get; init; }

    /// <summary>The echo that the client expects for a message.</summary>
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
