namespace HeliosStarling.Stress;

/// <summary>Sends a text and checks that the same text comes back.</summary>
/// <param name="port">The server's port.</param>
/// <param name="size">The length of the text in characters.</param>
internal sealed class EchoVerifyingClient(int port, int size) : VerifyingClient(port, $"echo of {size}")
{
    private RawConnection? _connection;

    protected override async Task ConnectAsync() => _connection = await RawConnection.ConnectAsync(Port);

    protected override async Task RunRoundAsync()
    {
        var (id, text) = (Guid.NewGuid(), $"{Rounds} ".PadRight(size, (char)('a' + (Rounds % 26))));
        await _connection!.SendAsync(Frames.Request(id, "stress:echo", $"\"{text}\""));
        var answer = await ReceiveAsync(_connection);
        // An error message without request id reports a message that the server has skipped.
        if (answer.TryGetProperty("requestId", out var answered)) Expect(id, answered.GetGuid(), "the answer's request");
        if (Read(answer) is { } data) Expect(text, data.GetString(), "the echo");
    }

    protected override void Disconnect() => _connection?.Dispose();
}
