namespace HeliosStarling.Testing;

public sealed class ReceivingTests : IAsyncDisposable
{
    private readonly Helios _server = Helios.Create();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task ReceiveAsync_SentBefore_TakesTheOldestThatMatches()
    {
        await using var mock = new MockStarling(_server);
        await mock.Starling.NotifyAsync("a:one", 1);
        await mock.Starling.NotifyAsync("b:one", 2);
        await mock.Starling.NotifyAsync("a:two", 3);

        var first = await mock.ReceiveAsync("b:*");
        var second = await mock.ReceiveAsync();
        var third = await mock.ReceiveAsync();

        Assert.Equal([("b:one", 2), ("a:one", 1), ("a:two", 3)], new[] { first, second, third }.Select(n => (n.Topic, n.Read<int>())));
    }

    [Fact]
    public async Task ReceiveAsync_SentLater_Waits()
    {
        await using var mock = new MockStarling(_server);
        var waiting = mock.ReceiveAsync("news:*");

        await _server.Starlings.BroadcastAsync("news:today", new { Title = "hello" });

        Assert.Equal("hello", (await waiting).Data.GetProperty("title").GetString());
    }

    [Fact]
    public async Task ReceiveAsync_NothingComes_TimeoutTellsWhatCame()
    {
        await using var mock = new MockStarling(_server);
        await mock.Starling.NotifyAsync("other:topic", 1);
        await mock.ReceiveAsync("other:topic");
        mock.Patience = TimeSpan.FromMilliseconds(20);

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => mock.ReceiveAsync("news:*"));

        mock.Patience = TimeSpan.FromSeconds(10);
        Assert.Equal("No such notification came within 00:00:00.0200000. What came: other:topic 1.", failure.Message);
    }

    [Fact]
    public async Task ReceiveAsync_ConnectionEnds_Throws()
    {
        await using var mock = new MockStarling(_server);
        var waiting = mock.ReceiveAsync("news:*");

        await mock.CloseAsync();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => waiting.InTime());
        Assert.Equal("No such notification can come: the connection has ended. No notification came at all.", failure.Message);
    }

    [Fact]
    public async Task ReceiveAsync_Cancelled_LeavesTheNextForOthers()
    {
        await using var mock = new MockStarling(_server);
        using var cancellation = new CancellationTokenSource();
        var waiting = mock.ReceiveAsync(cancellationToken: cancellation.Token);
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        await mock.Starling.NotifyAsync("a:b", 1);

        Assert.Equal("a:b", (await mock.ReceiveAsync()).Topic);
    }

    [Fact]
    public async Task Notifications_OfARequest_AreNotAmongThem()
    {
        _server.Method("work:run", async context =>
        {
            await context.ProgressAsync(50);
            context.Success(true);
        });
        await using var mock = new MockStarling(_server);

        await mock.RequestAsync<bool>("work:run");

        Assert.Empty(mock.Notifications);
    }

    [Fact]
    public async Task ReceiveErrorAsync_ServerComplains_ErrorHasItsCode()
    {
        _server.On("count:*", (int _, TopicContext _) => { });
        await using var mock = new MockStarling(_server);

        await mock.NotifyAsync("count:up", "no number");

        Assert.Equal("VALIDATION_ERROR", (await mock.ReceiveErrorAsync()).Code);
    }
}
