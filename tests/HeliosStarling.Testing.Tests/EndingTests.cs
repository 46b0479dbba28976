using HeliosStarling.Protocol;

namespace HeliosStarling.Testing;

public sealed class EndingTests : IAsyncDisposable
{
    private readonly Helios _server = Helios.Create();
    private readonly TaskCompletionSource<StarlingDisconnected> _disconnected = new();

    public EndingTests() =>
        _server.Events.On("starling:disconnected", (StarlingDisconnected happened) => _disconnected.TrySetResult(happened));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task DisposeAsync_Connected_ServerSeesNormalClose()
    {
        var mock = new MockStarling(_server);

        await mock.DisposeAsync();

        var happened = await _disconnected.Task.InTime();
        Assert.Equal((mock.Id, 1000), (happened.Starling.Id, happened.Code));
        Assert.Equal((0, 1), (_server.Starlings.ConnectedCount, _server.Starlings.TotalCount));
    }

    [Fact]
    public async Task DisposeAsync_Twice_DoesNothingMore()
    {
        var mock = new MockStarling(_server);

        await mock.DisposeAsync();
        await mock.DisposeAsync();

        Assert.False(mock.IsConnected);
    }

    [Fact]
    public async Task CloseAsync_WithReason_ServerSeesIt()
    {
        await using var mock = new MockStarling(_server);

        await mock.CloseAsync("done for today");

        Assert.Equal("done for today", (await _disconnected.Task.InTime()).Reason);
    }

    [Fact]
    public async Task DisconnectAsync_Connected_BothSidesSeeALostConnection()
    {
        await using var mock = new MockStarling(_server);

        await mock.DisconnectAsync();

        Assert.Equal(1006, (await _disconnected.Task.InTime()).Code);
        Assert.Equal(new MockClose(1006, "connection lost"), await mock.Closed);
    }

    [Fact]
    public async Task DisconnectAsync_RequestOpen_FailsWithConnectionClosed()
    {
        var started = new TaskCompletionSource();
        _server.Method("slow:never", async context =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        });
        await using var mock = new MockStarling(_server);
        var request = mock.RequestAsync<bool>("slow:never");
        await started.Task.InTime();

        await mock.DisconnectAsync();

        Assert.Equal(ErrorCodes.ConnectionClosed, (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
    }

    [Fact]
    public async Task Closed_ServerClosesForGood_HasCodeAndReason()
    {
        await using var mock = new MockStarling(_server);

        await mock.Starling.CloseAsync(reason: "banned");

        Assert.Equal(new MockClose(4002, "banned"), await mock.Closed.InTime());
    }

    [Fact]
    public async Task Closed_ServerIsDisposed_IsGoingAway()
    {
        await using var mock = new MockStarling(_server);

        await _server.DisposeAsync();

        Assert.Equal(1001, (await mock.Closed.InTime()).Code);
    }

    [Fact]
    public async Task DisposeAsync_HandlerBlocks_SaysSo()
    {
        var release = new TaskCompletionSource();
        _server.OnDisconnection(async (_, _) => await release.Task);
        var mock = new MockStarling(_server) { Patience = TimeSpan.FromMilliseconds(50) };

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => mock.DisposeAsync().AsTask());

        release.SetResult();
        Assert.StartsWith(
            $"The server was not done with starling {mock.Id} within 00:00:00.0500000. Does one of its handlers",
            failure.Message,
            StringComparison.Ordinal);
    }
}
