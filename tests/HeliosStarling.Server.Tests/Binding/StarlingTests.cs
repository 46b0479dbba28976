using HeliosStarling.Testing;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Binding;

public sealed class StarlingTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Helios _server;

    public StarlingTests() =>
        _server = Helios.Create(options => (options.TimeProvider, options.DisconnectionTtl) = (_time, TimeSpan.FromMinutes(5)));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Data_SetAndRead_IsTyped()
    {
        await using var mock = new MockStarling(_server);
        var data = mock.Starling.Data;

        data.Set("role", "admin");
        data.Set("age", 42);

        Assert.Equal(("admin", 42), (data.Get<string>("role"), data.Get<int>("age")));
        Assert.Null(data.Get<string>("age"));
        Assert.Null(data.Get<string>("nothing"));
        Assert.True(data.TryGet<int>("age", out _));
        Assert.True(data.Remove("age"));
        Assert.False(data.TryGet<int>("age", out _));
    }

    [Fact]
    public async Task Data_SetFromManyThreads_KeepsAll()
    {
        await using var mock = new MockStarling(_server);

        Parallel.For(0, 1000, i => mock.Starling.Data.Set($"k{i}", i));

        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal(i, mock.Starling.Data.Get<int>($"k{i}")));
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, true)]
    [InlineData(1008, true)]
    [InlineData(1011, true)]
    [InlineData(3000, true)]
    [InlineData(4999, true)]
    [InlineData(4002, false)]
    public async Task CloseAsync_Code_ReachesTheClientAndDecidesWhetherTheStarlingIsHeld(int code, bool isHeld)
    {
        await using var mock = new MockStarling(_server);

        await mock.Starling.CloseAsync(code, "why");

        Assert.Equal(new MockClose(code, "why"), await mock.Closed.InTime());
        await mock.DisposeAsync();
        Assert.Equal(isHeld, _server.Starlings.GetById(mock.Id) is not null);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1002)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(2999)]
    [InlineData(5000)]
    public async Task CloseAsync_CodeThatMayNotBeSent_Throws(int code)
    {
        await using var mock = new MockStarling(_server);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await mock.Starling.CloseAsync(code));
    }

    [Fact]
    public async Task CloseAsync_LongReason_IsCutBetweenCharacters()
    {
        await using var mock = new MockStarling(_server);

        await mock.Starling.CloseAsync(4000, new string('é', 100));

        Assert.Equal(new string('é', 61), (await mock.Closed.InTime()).Reason);
    }

    [Fact]
    public async Task CloseAsync_MessagesQueued_ComeBefore()
    {
        await using var mock = new MockStarling(_server);

        await mock.Starling.NotifyAsync("last:words", 1);
        await mock.Starling.CloseAsync();

        await mock.Closed.InTime();
        Assert.Equal(["last:words"], mock.Notifications.Select(notification => notification.Topic));
    }

    [Fact]
    public async Task CloseAsync_HeldStarling_IsGoneForGood()
    {
        await using var mock = new MockStarling(_server);
        await mock.CloseAsync();

        await mock.Starling.CloseAsync();

        Assert.Equal(0, _server.Starlings.TotalCount);
    }

    [Fact]
    public async Task DisconnectionTtl_NotOver_StarlingIsHeldWithAllItHas()
    {
        await using var mock = new MockStarling(_server);
        mock.Starling.Data.Set("role", "admin");
        await mock.Starling.JoinAsync("room");
        await mock.DisconnectAsync();

        _time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(2));

        var held = _server.Starlings.GetById(mock.Id)!;
        Assert.False(held.IsConnected);
        Assert.Equal("admin", held.Data.Get<string>("role"));
        Assert.Equal(["room"], held.Groups);
    }

    [Fact]
    public async Task DisconnectionTtl_Over_StarlingIsForgotten()
    {
        await using var mock = new MockStarling(_server);
        await mock.Starling.JoinAsync("room");
        await mock.DisconnectAsync();

        _time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(2));

        Assert.Equal(0, _server.Starlings.TotalCount);
        Assert.Equal(0, _server.Starlings.Group("room").Count);
    }

    [Fact]
    public async Task DisconnectionTtl_Over_HandlersThatStillRunAreCancelled()
    {
        var (started, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        _server.Method("slow:never", async context =>
        {
            context.CancellationToken.Register(cancelled.SetResult);
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }, new() { Timeout = Timeout.InfiniteTimeSpan });
        await using var mock = new MockStarling(_server);
        _ = mock.Request<object?>("slow:never");
        await started.Task.InTime();
        await mock.DisconnectAsync();
        Assert.False(cancelled.Task.IsCompleted);

        _time.Advance(TimeSpan.FromMinutes(6));

        await cancelled.Task.InTime();
    }

    [Fact]
    public async Task NotifyAsync_ConnectionIsGone_SaysSoAndHoldsNothing()
    {
        await using var mock = new MockStarling(_server);
        await mock.DisconnectAsync();

        Assert.Equal(SendResult.Closed, await mock.Starling.NotifyAsync("a:b", 1));
        Assert.Equal(0, _server.Engine.Buffers.Rented);
    }

    [Fact]
    public async Task Request_ClientHasNoSuchMethod_ThrowsMethodNotFound()
    {
        await using var mock = new MockStarling(_server);

        Assert.Equal(
            "METHOD_NOT_FOUND", (await Assert.ThrowsAsync<HeliosException>(() => mock.Starling.Request<int>("ui:ask").InTime())).Code);
    }

    [Fact]
    public async Task Request_ConnectionLost_ThrowsConnectionClosed()
    {
        var asked = new TaskCompletionSource();
        await using var mock = new MockStarling(_server, setup: client => client.Method("ui:ask", async context =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }));
        var request = mock.Starling.Request<int>("ui:ask");
        await asked.Task.InTime();

        await mock.DisconnectAsync();

        Assert.Equal("CONNECTION_CLOSED", (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
    }

    [Fact]
    public async Task DisposeAsync_ManyConnected_AllAreClosedWithGoingAwayAndForgotten()
    {
        var mocks = Enumerable.Range(0, 20).Select(_ => new MockStarling(_server)).ToList();

        await _server.DisposeAsync();

        Assert.Equal(0, _server.Starlings.TotalCount);
        foreach (var mock in mocks) Assert.Equal(1001, (await mock.Closed.InTime()).Code);
    }

    [Fact]
    public async Task DisposeAsync_ClientDoesNotAnswer_IsCutAfterTheTimeout()
    {
        await using var socket = new MockWebSocket(_server);
        socket.PauseReading();
        // The close frame waits behind unread messages.
        for (var i = 0; i < 40; i++) await _server.Starlings.BroadcastAsync("fill:it", new string('x', 20_000));

        var disposing = _server.DisposeAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(5));

        await disposing.InTime();
        Assert.Equal(0, _server.Starlings.ConnectedCount);
    }
}
