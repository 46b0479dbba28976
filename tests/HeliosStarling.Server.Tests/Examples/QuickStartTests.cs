namespace HeliosStarling.Examples;

/// <summary>The examples of "Quick Start", on a real port.</summary>
public class QuickStartTests
{
    [Fact]
    public async Task ChatSend_TwoClients_BothHearItAndTheSenderKnowsItWasDelivered()
    {
        await using var server = Helios.Create(options => (options.Debug, options.DisconnectionTtl) = (true, TimeSpan.FromMinutes(5)));
        server.Method("chat:send", async context =>
        {
            var chat = context.Payload.Read<ChatMessage>()!;
            await server.Starlings.BroadcastAsync($"chat:{chat.Room}", new { chat.Message, Sender = context.Starling.Id });
            context.Success(new { Delivered = true });
        });
        await using var listener = await server.StartAsync("http://127.0.0.1:0");
        var url = new UriBuilder(listener.Addresses[0]) { Scheme = "ws" }.Uri;
        var (heardByAda, heardByBob) = (new TaskCompletionSource<Said>(), new TaskCompletionSource<Said>());
        await using var ada = await StarlingClient.ConnectAsync(
            url, setup: client => client.On("chat:lobby", (Said said) => heardByAda.SetResult(said)));
        await using var bob = await StarlingClient.ConnectAsync(
            url, setup: client => client.On("chat:lobby", (Said said) => heardByBob.SetResult(said)));
        // The client may be connected a moment before the server has created its starling.
        await Eventually.TrueAsync(() => server.Starlings.ConnectedCount == 2);

        var answer = await ada.Request<Delivery>("chat:send", new { Message = "hello", Room = "lobby" }).InTime();

        Assert.True(answer.Delivered);
        var said = await heardByBob.Task.InTime();
        Assert.Equal("hello", said.Message);
        Assert.NotNull(server.Starlings.GetById(said.Sender));
        Assert.Equal(said, await heardByAda.Task.InTime());
    }

    private sealed record ChatMessage(string Message, string Room);

    private sealed record Said(string Message, string Sender);

    private sealed record Delivery(bool Delivered);
}
