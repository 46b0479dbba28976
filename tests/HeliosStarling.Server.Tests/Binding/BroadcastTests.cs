using HeliosStarling.Testing;

namespace HeliosStarling.Binding;

public sealed class BroadcastTests : IAsyncDisposable
{
    private readonly Helios _server = Helios.Create();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task BroadcastAsync_ManyReceivers_SerializesOnce()
    {
        var mocks = Enumerable.Range(0, 20).Select(_ => new MockStarling(_server)).ToList();
        var counting = new Counting();

        var delivered = await _server.Starlings.BroadcastAsync("count:it", counting);

        foreach (var mock in mocks)
        {
            Assert.Equal("read", (await mock.ReceiveAsync("count:it")).Data.GetProperty("value").GetString());
            await mock.DisposeAsync();
        }
        Assert.Equal((20, 1), (delivered.LocalReceivers, counting.Reads));
    }

    [Fact]
    public async Task BroadcastAsync_Several_ArriveInCallOrder()
    {
        await using var mock = new MockStarling(_server);

        for (var i = 0; i < 100; i++) await _server.Starlings.BroadcastAsync("count:up", i);

        await mock.ReceiveAsync("count:up");
        await Eventually.TrueAsync(() => mock.Notifications.Count == 100);
        Assert.Equal(Enumerable.Range(0, 100), mock.Notifications.Select(notification => notification.Read<int>()));
    }

    [Fact]
    public async Task BroadcastAsync_FilterThrows_CallerGetsItAndNothingIsHeld()
    {
        await using var mock = new MockStarling(_server);

        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await _server.Starlings.BroadcastAsync("a:b", 1, _ => throw new InvalidOperationException("boom")));

        await Eventually.TrueAsync(() => _server.Engine.Buffers.Rented == 0);
    }

    [Theory]
    [InlineData("chat:*")]
    [InlineData("no topic")]
    public async Task BroadcastAsync_MalformedTopic_Throws(string topic) =>
        await Assert.ThrowsAsync<HeliosException>(async () => await _server.Starlings.BroadcastAsync(topic, 1));

    [Fact]
    public async Task BroadcastAsync_ServerThatStandsAlone_ReachesAllNodesAndHasNoPosition()
    {
        await using var mock = new MockStarling(_server);

        var told = await _server.Starlings.BroadcastAsync("a:b", 1);

        Assert.Equal(new BroadcastResult { LocalReceivers = 1, Reach = BroadcastReach.AllNodes, Position = null }, told);
    }

    [Fact]
    public async Task BroadcastAsync_CancelledBefore_SendsNothing()
    {
        await using var mock = new MockStarling(_server);

        await Assert.ThrowsAsync<OperationCanceledException>(
            async () => await _server.Starlings.BroadcastAsync("a:b", 1, cancellationToken: new CancellationToken(canceled: true)));
        await _server.Starlings.BroadcastAsync("the:end", 1);

        Assert.Equal("the:end", (await mock.ReceiveAsync()).Topic);
    }

    [Fact]
    public async Task Idle_ManyConnected_NoBufferIsHeld()
    {
        var mocks = Enumerable.Range(0, 20).Select(_ => new MockStarling(_server)).ToList();
        _server.Method("a:b", () => 5);
        foreach (var mock in mocks) await mock.RequestAsync<int>("a:b").InTime();

        await Eventually.TrueAsync(() => _server.Engine.Buffers.Rented == 0);

        foreach (var mock in mocks) await mock.DisposeAsync();
        Assert.Equal(0, _server.Engine.Buffers.Rented);
    }

    private sealed class Counting
    {
        private int _reads;

        [System.Text.Json.Serialization.JsonIgnore]
        public int Reads => _reads;

        public string Value
        {
            get
            {
                Interlocked.Increment(ref _reads);
                return "read";
            }
        }
    }
}
