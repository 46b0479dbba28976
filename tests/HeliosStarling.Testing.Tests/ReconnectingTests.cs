using HeliosStarling.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Testing;

/// <summary>Mocks that drop their connection and reconnect, for tests of recovery.</summary>
public sealed class ReconnectingTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Helios _server;

    public ReconnectingTests() => _server = Create();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task ReconnectAsync_AfterADrop_IsTheSameStarling()
    {
        await using var mock = await MockStarling.ConnectAsync(_server);
        var starling = mock.Starling;
        starling.Data.Set("name", "Ada");

        await mock.DropAsync();
        Assert.Equal((false, 0, 1), (mock.IsConnected, _server.Starlings.ConnectedCount, _server.Starlings.TotalCount));
        await mock.ReconnectAsync();

        Assert.Same(starling, mock.Starling);
        Assert.Equal((true, 1, 1), (mock.IsConnected, _server.Starlings.ConnectedCount, _server.Starlings.TotalCount));
        Assert.True(mock.Starling.Data.TryGet<string>("name", out var name));
        Assert.Equal("Ada", name);
    }

    [Fact]
    public async Task ReconnectAsync_MessagesSentMeanwhile_ArriveInOrderBothWays()
    {
        var heard = new List<int>();
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.On("count", (int number, TopicContext _) =>
        {
            heard.Add(number);
            if (number == 3) last.TrySetResult();
        });
        await using var mock = await MockStarling.ConnectAsync(_server);
        await mock.NotifyAsync("count", 1);
        await mock.Starling.NotifyAsync("news", 1);
        Assert.Equal(1, (await mock.ReceiveAsync("news")).Read<int>());

        await mock.DropAsync();
        await mock.NotifyAsync("count", 2);
        await mock.NotifyAsync("count", 3);
        await mock.Starling.NotifyAsync("news", 2);
        await mock.Starling.NotifyAsync("news", 3);
        await mock.ReconnectAsync();

        Assert.Equal((2, 3), ((await mock.ReceiveAsync("news")).Read<int>(), (await mock.ReceiveAsync("news")).Read<int>()));
        await last.Task.InTime();
        Assert.Equal([1, 2, 3], heard);
    }

    [Fact]
    public async Task ReconnectAsync_RequestInFlight_IsAnsweredAfterwards()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Method("slow:one", async (int number, RequestContext _) =>
        {
            entered.TrySetResult();
            await release.Task;
            return number + 1;
        });
        await using var mock = await MockStarling.ConnectAsync(_server);
        var asked = mock.RequestAsync<int>("slow:one", 1);
        await entered.Task.InTime();

        await mock.DropAsync();
        release.SetResult();
        await mock.ReconnectAsync();

        Assert.Equal(2, (await asked.InTime()).Data);
    }

    [Fact]
    public async Task ReconnectAsync_SeveralTimes_WorksEachTime()
    {
        await using var mock = await MockStarling.ConnectAsync(_server);
        for (var i = 0; i < 5; i++)
        {
            await mock.DropAsync();
            Assert.Equal(1006, (await mock.Closed).Code);
            await mock.ReconnectAsync();
            Assert.False(mock.Closed.IsCompleted);
        }

        Assert.Equal(1, (await mock.RequestAsync<int>("echo:echo", 1)).Data);
        Assert.Equal(1, _server.Starlings.TotalCount);
    }

    [Fact]
    public async Task ReconnectAsync_StarlingExpiredMeanwhile_IsMadeAgainFromItsToken()
    {
        await using var mock = await MockStarling.ConnectAsync(_server);
        var (id, before) = (mock.Id, mock.Starling);
        await mock.DropAsync();
        _time.Advance(TimeSpan.FromMinutes(6));
        await Eventually.TrueAsync(() => _server.Starlings.TotalCount == 0);

        await mock.ReconnectAsync();

        Assert.Equal(id, mock.Id);
        Assert.NotSame(before, mock.Starling);
    }

    [Fact]
    public async Task ReconnectAsync_ToAnotherServer_RecoversThere()
    {
        await using var other = Create();
        await using var mock = await MockStarling.ConnectAsync(_server);
        var id = mock.Id;
        await mock.DropAsync();
        await _server.DisposeAsync();

        await mock.ReconnectAsync(other);

        Assert.Equal((id, other, 1), (mock.Id, mock.Server, other.Starlings.ConnectedCount));
    }

    [Fact]
    public async Task ReconnectAsync_AfterTheServerHasClosed_ComesBack()
    {
        await using var mock = await MockStarling.ConnectAsync(_server);
        await mock.Starling.CloseAsync(1001, "later");
        await mock.Closed.InTime();

        await mock.ReconnectAsync();

        Assert.True(mock.IsConnected);
    }

    [Fact]
    public async Task ReconnectAsync_ThatIsRefused_SaysWhyAndMayBeTriedAgain()
    {
        var isFull = false;
        _server.UseConnection((_, next) => isFull ? default : next());
        await using var mock = await MockStarling.ConnectAsync(_server);
        await mock.DropAsync();
        _time.Advance(TimeSpan.FromMinutes(6));
        await Eventually.TrueAsync(() => _server.Starlings.TotalCount == 0);
        isFull = true;

        var thrown = await Assert.ThrowsAsync<HeliosException>(() => mock.ReconnectAsync());
        isFull = false;
        await mock.ReconnectAsync();

        Assert.Equal(ErrorCodes.ConnectionRejected, thrown.Code);
        Assert.True(mock.IsConnected);
    }

    [Fact]
    public async Task ReconnectAsync_WhileConnected_SaysWhatToDo()
    {
        await using var mock = await MockStarling.ConnectAsync(_server);

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => mock.ReconnectAsync());

        Assert.Contains("DropAsync", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DropAsync_OfAMockThatDoesNotResume_SaysHowToMakeOne()
    {
        await using var mock = new MockStarling(_server);

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => mock.DropAsync());

        Assert.Contains("MockStarling.ConnectAsync", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DisposeAsync_Connected_SaysGoodbye()
    {
        var mock = await MockStarling.ConnectAsync(_server);

        await mock.DisposeAsync();

        Assert.Equal(0, _server.Starlings.TotalCount);
    }

    [Fact]
    public async Task DisposeAsync_AfterADrop_LeavesTheStarlingToTheServer()
    {
        var mock = await MockStarling.ConnectAsync(_server);
        await mock.DropAsync();

        await mock.DisposeAsync();

        Assert.Equal((ConnectionState.Closed, 1), (mock.Client.State, _server.Starlings.TotalCount));
    }

    [Fact]
    public async Task DisconnectAsync_RequestOpen_FailsForGood()
    {
        _server.Method("never:answers", (RequestContext context) => Task.Delay(Timeout.Infinite, context.CancellationToken));
        await using var mock = await MockStarling.ConnectAsync(_server);
        var asked = mock.RequestAsync<int>("never:answers");

        await mock.DisconnectAsync();

        Assert.Equal(ErrorCodes.ConnectionClosed, (await Assert.ThrowsAsync<HeliosException>(() => asked.InTime())).Code);
    }

    private Helios Create()
    {
        var helios = Helios.Create(
            options => (options.TimeProvider, options.ConnectionKey) = (_time, "a key of at least 32 bytes, for tests alone"));
        helios.Method("echo:echo", (int number, RequestContext _) => number);
        return helios;
    }
}
