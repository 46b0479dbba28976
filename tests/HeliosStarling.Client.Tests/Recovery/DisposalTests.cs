using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Recovery;

/// <summary>A client that is closed while it connects has no connection afterwards.</summary>
public sealed class DisposalTests : IAsyncDisposable
{
    private readonly ScriptedServer _server = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddMilliseconds(5000));
    private readonly List<string> _happened = [];
    private readonly GatedTransport _transport = new();
    private StarlingClient? _client;

    public async ValueTask DisposeAsync()
    {
        _transport.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task DisposeAsync_InSetup_OpensNoConnection()
    {
        var connecting = ConnectAsync(client => client.DisposeAsync().AsTask());

        await AssertClosedAsync(connecting);
        Assert.Equal(0, _transport.Begun);
    }

    [Fact]
    public async Task DisposeAsync_BeforeTheUpgradeLeaves_ReturnsAndSendsNone()
    {
        var step = _transport.HoldBefore();
        var connecting = ConnectAsync();
        await step.Entered.InTime();

        await _client!.DisposeAsync().AsTask().InTime();

        step.Open();
        await AssertClosedAsync(connecting);
    }

    [Fact]
    public async Task DisposeAsync_UpgradeAnsweredButNotSeen_ReturnsAndTheServerSeesTheEnd()
    {
        var step = _transport.HoldBehind();
        var connecting = ConnectAsync();
        var connection = await _server.AcceptAsync();
        await step.Entered.InTime();

        await _client!.DisposeAsync().AsTask().InTime();

        step.Open();
        await connection.WelcomeAsync();
        Assert.Null(await connection.EndAsync());
        await AssertClosedAsync(connecting);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DisposeAsync_WaitsForTheWelcome_SaysGoodbyeAndTakesNone(bool welcomes)
    {
        var connecting = ConnectAsync();
        var connection = await _server.AcceptAsync();
        await Eventually.TrueAsync(() => _transport.Ended == 1);

        var disposing = _client!.DisposeAsync().AsTask();
        if (welcomes) await connection.WelcomeAsync();

        // The transport may report the open connection only after the close. Then the upgrade is cut.
        Assert.True(await connection.EndAsync() is 1000 or null);
        await disposing.InTime();
        await AssertClosedAsync(connecting);
        Assert.Null(_client.StarlingId);
    }

    [Fact]
    public async Task DisposeAsync_InTheFirstHandler_SaysGoodbye()
    {
        Task? disposing = null;
        var connecting = ConnectAsync(client => client.Events.On("starling:connected", _ => disposing = client.DisposeAsync().AsTask()));
        var connection = await _server.AcceptAsync();

        await connection.WelcomeAsync();

        Assert.Equal(1000, await connection.EndAsync());
        await connecting.InTime();
        await disposing!.InTime();
        Assert.Equal(ConnectionState.Closed, _client!.State);
    }

    [Fact]
    public async Task DisposeAsync_WaitsToComeBack_ComesBackAtOnceToSayGoodbye()
    {
        var connection = await ConnectedAsync();
        connection.Cut();
        await Eventually.TrueAsync(() => Happened.Contains("starling:reconnecting"));

        var disposing = _client!.DisposeAsync().AsTask();
        var second = await _server.AcceptAsync();
        await second.WelcomeAsync(topic: "recovered");

        Assert.Equal(1000, await second.EndAsync());
        await disposing.InTime();
        Assert.Equal(ConnectionState.Closed, _client.State);
    }

    [Fact]
    public async Task CloseAsync_CancelledWhileItWaitsToComeBack_OpensNoMore()
    {
        var connection = await ConnectedAsync();
        connection.Cut();
        await Eventually.TrueAsync(() => Happened.Contains("starling:reconnecting"));

        await _client!.CloseAsync(cancellationToken: new CancellationToken(canceled: true)).AsTask().InTime();
        var begun = _transport.Begun;
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal((begun, ConnectionState.Closed), (_transport.Begun, _client.State));
    }

    [Fact]
    public async Task DisconnectAsync_WaitsToComeBack_OpensNoMore()
    {
        var connection = await ConnectedAsync();
        connection.Cut();
        await Eventually.TrueAsync(() => Happened.Contains("starling:reconnecting"));

        await _client!.DisconnectAsync().AsTask().InTime();
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal((1, ConnectionState.Closed, "t1"), (_transport.Begun, _client.State, _client.Token));
    }

    [Fact]
    public async Task DisposeAsync_InTheHandlerOfReconnecting_ComesBackToSayGoodbye()
    {
        Task? disposing = null;
        var connection = await ConnectedAsync(
            client => client.Events.On("starling:reconnecting", _ => disposing = client.DisposeAsync().AsTask()));

        connection.Cut();

        var second = await _server.AcceptAsync();
        await second.WelcomeAsync(topic: "recovered");
        Assert.Equal(1000, await second.EndAsync());
        await disposing!.InTime();
    }

    [Fact]
    public async Task CloseAsync_CancelledWhenTheUpgradeIsAnsweredButNotSeen_ReturnsAndTheServerSeesTheEnd()
    {
        var first = await ConnectedAsync();
        var step = _transport.HoldBehind();
        first.Cut();
        var second = await AcceptNextAsync();
        await step.Entered.InTime();

        await _client!.CloseAsync(cancellationToken: new CancellationToken(canceled: true)).AsTask().InTime();

        step.Open();
        await second.WelcomeAsync();
        Assert.Null(await second.EndAsync());
        Assert.Equal((1, ConnectionState.Closed), (Happened.Count(name => name == "starling:connected"), _client.State));
    }

    [Fact]
    public async Task CloseAsync_CancelledWhileItComesBackAndWaitsForTheWelcome_WaitsForNothing()
    {
        var first = await ConnectedAsync();
        first.Cut();
        var second = await AcceptNextAsync();
        await Eventually.TrueAsync(() => _transport.Ended == 2);

        await _client!.CloseAsync(cancellationToken: new CancellationToken(canceled: true)).AsTask().InTime();

        Assert.Null(await second.EndAsync());
        Assert.Equal(ConnectionState.Closed, _client.State);
    }

    [Fact]
    public async Task DisposeAsync_ComesBackAndWaitsForTheWelcome_TakesItAndSaysGoodbye()
    {
        var first = await ConnectedAsync();
        first.Cut();
        var second = await AcceptNextAsync();
        await Eventually.TrueAsync(() => _transport.Ended == 2);

        var disposing = _client!.DisposeAsync().AsTask();
        await second.WelcomeAsync(epoch: "e2");

        Assert.Equal(1000, await second.EndAsync());
        await disposing.InTime();
        await Eventually.TrueAsync(() => Happened[^1] == "starling:closed");
        Assert.Equal((2, ConnectionState.Closed), (Happened.Count(name => name == "starling:connected"), _client.State));
    }

    [Fact]
    public async Task DisposeAsync_ServerNeverAnswersTheGoodbye_EndsInTime()
    {
        var connecting = ConnectAsync();
        var connection = await _server.AcceptAsync();
        await Eventually.TrueAsync(() => _transport.Ended == 1);

        var disposing = _client!.DisposeAsync().AsTask();
        while (!disposing.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(disposing, Task.Delay(5));
        }

        await AssertClosedAsync(connecting);
        _ = await connection.EndAsync();
    }

    private List<string> Happened
    {
        get { lock (_happened) return [.. _happened]; }
    }

    private Task<StarlingClient> ConnectAsync(Action<StarlingClient>? setup = null) => StarlingClient.ConnectAsync(_server.Url, options =>
    {
        options.TimeProvider = _time;
        options.KeepAliveInterval = TimeSpan.FromHours(1);
        options.Invoker = _transport.Invoker;
    }, client =>
    {
        _client = client;
        client.Events.On("starling:*", happened =>
        {
            lock (_happened) _happened.Add(happened.Name);
        });
        setup?.Invoke(client);
    });

    private async Task<ScriptedConnection> ConnectedAsync(Action<StarlingClient>? setup = null)
    {
        var connecting = ConnectAsync(setup);
        var connection = await _server.AcceptAsync();
        await connection.WelcomeAsync();
        await connecting.InTime();
        return connection;
    }

    private async Task<ScriptedConnection> AcceptNextAsync()
    {
        var accepting = _server.AcceptAsync();
        while (!accepting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.WhenAny(accepting, Task.Delay(1));
        }
        return await accepting;
    }

    private async Task AssertClosedAsync(Task<StarlingClient> connecting)
    {
        Assert.Equal("CONNECTION_CLOSED", (await Assert.ThrowsAsync<HeliosException>(() => connecting.InTime())).Code);
        Assert.Equal(ConnectionState.Closed, _client!.State);
        Assert.Empty(Happened);
    }
}
