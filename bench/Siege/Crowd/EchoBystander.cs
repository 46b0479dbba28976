namespace HeliosStarling.Siege;

/// <summary>Has a text sent back, over and over.</summary>
/// <param name="port">The server's.</param>
/// <param name="size">The characters of the text.</param>
internal sealed class EchoBystander(int port, int size) : Bystander(port, $"echo of {size}")
{
    private RawConnection? _connection;

    protected override async Task BeginAsync() => _connection = await RawConnection.ConnectAsync(Port);

    protected override async Task ServeAsync()
    {
        var (id, text) = (Guid.NewGuid(), $"{Served} ".PadRight(size, (char)('a' + (Served % 26))));
        await _connection!.SendAsync(Frames.Request(id, "siege:echo", $"\"{text}\""));
        var answer = await ReceiveAsync(_connection);
        // What has no request id is told about a message that was read past.
        if (answer.TryGetProperty("requestId", out var answered)) Expect(id, answered.GetGuid(), "the answer's request");
        if (Read(answer) is { } data) Expect(text, data.GetString(), "the echo");
    }

    protected override void End() => _connection?.Dispose();
}
