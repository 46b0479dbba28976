namespace HeliosStarling.Stress;

/// <summary>Requests streamed answers and checks each item.</summary>
/// <param name="port">The server's port.</param>
internal sealed class StreamVerifyingClient(int port) : VerifyingClient(port, "stream")
{
    private const int Count = 20;
    private const int Size = 2_000;

    private RawConnection? _connection;

    protected override async Task ConnectAsync() => _connection = await RawConnection.ConnectAsync(Port);

    protected override async Task RunRoundAsync()
    {
        var id = Guid.NewGuid();
        await _connection!.SendAsync(Frames.Request(id, "stress:items", $$"""{"count":{{Count}},"size":{{Size}}}"""));
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

    protected override void Disconnect() => _connection?.Dispose();
}
