namespace HeliosStarling.Siege;

/// <summary>Takes streamed answers, each item in its turn.</summary>
/// <param name="port">The server's.</param>
internal sealed class StreamBystander(int port) : Bystander(port, "stream")
{
    private const int Count = 20;
    private const int Size = 2_000;

    private RawConnection? _connection;

    protected override async Task BeginAsync() => _connection = await RawConnection.ConnectAsync(Port);

    protected override async Task ServeAsync()
    {
        var id = Guid.NewGuid();
        await _connection!.SendAsync(Frames.Request(id, "siege:items", $$"""{"count":{{Count}},"size":{{Size}}}"""));
        for (var number = 1; number <= Count + 1; number++)
        {
            var message = await ReceiveAsync(_connection);
            Expect(id, message.GetProperty("requestId").GetGuid(), "the request");
            if (message.GetProperty("type").GetString() == "response")
            {
                if (Read(message) is not null) Expect(Count + 1, number, "the place of the answer");
                return;
            }
            Expect($"{number} ".PadRight(Size, '.'), message.GetProperty("notification").GetProperty("data").GetString(), "the item");
        }
    }

    protected override void End() => _connection?.Dispose();
}
