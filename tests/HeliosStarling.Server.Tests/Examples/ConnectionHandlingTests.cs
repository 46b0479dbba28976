using HeliosStarling.Testing;

namespace HeliosStarling.Examples;

/// <summary>The examples of "Connection Management" and its table of events.</summary>
public sealed class ConnectionHandlingTests : IAsyncDisposable
{
    private readonly Helios _server = Helios.Create();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task StarlingNew_Connected_HandlerGetsTheStarling()
    {
        var connected = new List<string>();
        _server.Events.On("starling:new", happened => connected.Add($"New connection: {happened.Starling.Id}"));

        await using var mock = new MockStarling(_server);

        Assert.Equal([$"New connection: {mock.Id}"], connected);
    }

    [Fact]
    public async Task Broadcast_FilteredByRole_ReachesOnlyAdmins()
    {
        _server.Method("role:take", (string role, RequestContext context) => context.Starling.Data.Set("role", role));
        await using var admin = new MockStarling(_server);
        await using var guest = new MockStarling(_server);
        await admin.RequestAsync<object?>("role:take", "admin").InTime();
        await guest.RequestAsync<object?>("role:take", "guest").InTime();

        var delivered = await _server.Starlings.BroadcastAsync(
            "system:update", new { Type = "maintenance", Time = 1 }, starling => starling.Data.Get<string>("role") == "admin");
        await _server.Starlings.BroadcastAsync("to:all", 1);

        Assert.Equal(1, delivered.LocalReceivers);
        Assert.Equal("maintenance", (await admin.ReceiveAsync("system:update")).Data.GetProperty("type").GetString());
        await guest.ReceiveAsync("to:all");
        Assert.Equal(["to:all"], guest.Notifications.Select(notification => notification.Topic));
    }

    [Fact]
    public async Task Events_OfOneConnection_CarryWhatTheTableSays()
    {
        var happened = new List<string>();
        _server.Events.On("starling:new", (StarlingNew made) => happened.Add($"{made.Name} {made.Starling.Id}"));
        _server.Events.On("starling:connected", (StarlingConnected connected) => happened.Add($"{connected.Name} {connected.Starling.Id}"));
        _server.Events.On(
            "starling:disconnected", (StarlingDisconnected lost) => happened.Add($"{lost.Name} {lost.Starling.Id} {lost.Reason}"));
        await using var mock = new MockStarling(_server);

        await mock.CloseAsync("going home");

        Assert.Equal([$"starling:new {mock.Id}", $"starling:connected {mock.Id}", $"starling:disconnected {mock.Id} going home"], happened);
    }

    [Fact]
    public async Task StarlingNew_HandlerTakesLong_FirstMessageWaitsForIt()
    {
        var gate = new TaskCompletionSource();
        _server.Events.On("starling:new", async happened =>
        {
            await gate.Task;
            happened.Starling.Data.Set("ready", true);
        });
        _server.Method("is:ready", (RequestContext context) => context.Starling.Data.Get<bool>("ready"));
        await using var mock = new MockStarling(_server);
        var request = mock.RequestAsync<bool>("is:ready");

        gate.SetResult();

        Assert.True((await request.InTime()).Data);
    }

    [Fact]
    public async Task Starlings_SeveralConnected_AreFoundAndCounted()
    {
        await using var first = new MockStarling(_server);
        await using var second = new MockStarling(_server);
        second.Starling.Data.Set("name", "bob");
        await first.CloseAsync();

        Assert.Equal((1, 2), (_server.Starlings.ConnectedCount, _server.Starlings.TotalCount));
        Assert.Same(second.Starling, _server.Starlings.Find(starling => starling.Data.Get<string>("name") == "bob"));
        Assert.Equal([first.Id], _server.Starlings.Filter(starling => !starling.IsConnected).Select(starling => starling.Id));
        Assert.True(_server.Starlings.TryGet(first.Id, out _));
        Assert.Null(_server.Starlings.GetById("nobody"));
    }
}
