namespace HeliosStarling.Recovery;

/// <summary>A client that leaves for good: docs/protocol.md section 7, "Goodbye".</summary>
public sealed class GoodbyeTests : ScriptedServerTest
{
    private readonly List<UnconfirmedMessage> _unconfirmed = [];

    [Fact]
    public async Task SendsQueuedMessagesAndAPing_ThenItsLastAckAndClose1000()
    {
        var server = await StartedAsync();
        await server.NotifyAsync("n:n", "1");
        await Client.NotifyAsync("n:n", 2);
        Assert.Equal("2", await server.NextAsync());

        var closing = Client.CloseAsync("bye").AsTask();

        Assert.Equal("ping", await server.NextAsync());
        await server.NotifyAsync("n:n", "3");
        await Eventually.TrueAsync(() => Told.Count == 2);
        await server.AckAsync(1);
        var (messages, code) = await server.ReadToCloseAsync();
        Assert.Equal(["ack 2"], messages);
        Assert.Equal(1000, code);
        Assert.False(closing.IsCompleted);
        await server.CloseAsync(1000);
        await closing.InTime();
        await EndAsync(isConfirmed: true);
        Assert.Null(Client.Token);
        Assert.Empty(_unconfirmed);
    }

    [Fact]
    public async Task MessagesAfterTheLastAck_AreIgnored()
    {
        var server = await StartedAsync();
        var closing = Client.CloseAsync().AsTask();
        await server.ReadToCloseAsync();

        await server.NotifyAsync("n:n", "1");
        await server.CloseAsync(1000);

        await closing.InTime();
        Assert.Empty(Told);
    }

    [Fact]
    public async Task ConnectionLostBeforeTheAnswer_ComesBackAndBeginsAgain()
    {
        var server = await StartedAsync();
        await Client.NotifyAsync("n:n", 1);
        await server.NextAsync();
        var closing = Client.CloseAsync().AsTask();
        await server.NextAsync();
        server.Cut();

        var second = await AcceptNextAsync();
        await second.WelcomeAsync(received: 0, topic: "recovered");

        Assert.Equal(["1", "ping"], [await second.NextAsync(), await second.NextAsync()]);
        await second.AckAsync(1);
        await second.ReadToCloseAsync();
        await second.CloseAsync(1000);
        await closing.InTime();
        await EndAsync(isConfirmed: true);
    }

    [Fact]
    public async Task AnswerLost_4002InPlaceOfTheWelcome_IsTheAnswerToo()
    {
        var server = await StartedAsync();
        var closing = Client.CloseAsync().AsTask();
        await server.ReadToCloseAsync();
        server.Cut();

        await (await AcceptNextAsync()).CloseAsync(4002, "closed for good");

        await closing.InTime();
        await EndAsync(isConfirmed: true);
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(1011)]
    public async Task OtherAnswer_ComesBackAndBeginsAgain(int code)
    {
        var server = await StartedAsync();
        var closing = Client.CloseAsync().AsTask();
        await server.ReadToCloseAsync();
        await server.CloseAsync(code);

        var second = await AcceptNextAsync();
        await second.WelcomeAsync(topic: "recovered");

        await second.ReadToCloseAsync();
        await second.CloseAsync(1000);
        await closing.InTime();
        await EndAsync(isConfirmed: true);
    }

    [Fact]
    public async Task NoAnswerInTime_MessagesWithoutAckAndTheGoodbyeAreUnconfirmed()
    {
        var server = await StartedAsync();
        await Client.NotifyAsync("n:n", 1);
        await server.NextAsync();

        var closing = Client.CloseAsync().AsTask();
        await server.NextAsync();
        Time.Advance(TimeSpan.FromSeconds(10));

        await closing.InTime();
        await EndAsync(isConfirmed: false);
        Assert.Contains("\"data\":1", System.Text.Encoding.UTF8.GetString(Assert.Single(_unconfirmed).Data.Span), StringComparison.Ordinal);
        Assert.Equal("t1", Client.Token);
    }

    [Fact]
    public async Task RequestsThatAreOpen_FailWithConnectionClosed()
    {
        var server = await StartedAsync();
        var request = Client.Request<string>("a:b");
        await server.NextAsync();
        var closing = Client.CloseAsync().AsTask();
        await server.AckAsync(1);
        await server.ReadToCloseAsync();
        await server.CloseAsync(1000);

        Assert.Equal("CONNECTION_CLOSED", (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
        await closing.InTime();
    }

    [Fact]
    public async Task DisconnectAsync_Acknowledges_ClosesWith1001_AndKeepsTheToken()
    {
        var server = await StartedAsync();
        await server.NotifyAsync("n:n", "1");
        await Eventually.TrueAsync(() => Told.Count == 1);

        var closing = Client.DisconnectAsync("later").AsTask();

        var (messages, code) = await server.ReadToCloseAsync();
        Assert.Equal(["ack 1"], messages);
        Assert.Equal(1001, code);
        await server.CloseAsync(1001);
        await closing.InTime();
        Assert.Equal("t1", Client.Token);
    }

    private Task<ScriptedConnection> StartedAsync() =>
        ConnectAsync(
            client => client.Events.On("starling:unconfirmed", (ClientUnconfirmed happened) => _unconfirmed.AddRange(happened.Messages)));

    private async Task EndAsync(bool isConfirmed)
    {
        await Eventually.TrueAsync(() => { lock (Happened) return Closed.Count == 1; });
        Assert.Equal((isConfirmed, ConnectionState.Closed), (Closed[0].IsConfirmed, Client.State));
    }
}
