using HeliosStarling.Protocol;
using HeliosStarling.Wire;

namespace HeliosStarling;

/// <summary>The end of a connection does not wait for application code.</summary>
public abstract class ConnectionEndTests(bool isMapped) : IAsyncLifetime
{
    private readonly List<string> _events = [];
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WireServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        var (setup, address) = (
            new ServerSetup(register: null, options => (options.MaxConnections, options.MessageBufferBytes) = (1, 16 * 1024 * 1024)),
            new WireAddress(AddressKind.IPv4));
        _server = await (isMapped ? MappedServer.StartAsync(setup, address) : LeanServer.StartAsync(setup, address));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _release.TrySetResult();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task DisconnectionHandler_Waits_PlaceOfTheConnectionIsFree()
    {
        _server.Helios.OnDisconnection(async (_, _) => await _release.Task);

        await LeaveAsync();

        await using var next = await _server.ConnectAsync();
    }

    [Fact]
    public async Task DisconnectionHandler_BlocksItsThread_PlaceOfTheConnectionIsFree()
    {
        _server.Helios.OnDisconnection((_, _) => Block());

        await LeaveAsync();
        await _entered.Task.InTime();

        await using var next = await _server.ConnectAsync();
    }

    [Fact]
    public async Task ConnectedHandler_BlocksItsThread_EndOfTheConnectionIsSeen()
    {
        _server.Helios.Events.On("starling:connected", _ => Block());
        var client = await _server.ConnectAsync();
        await _entered.Task.InTime();

        await client.DisposeAsync();

        await Eventually.TrueAsync(() => _server.Helios.Connections.Count == 0);
    }

    [Fact]
    public async Task ConnectedHandler_AwaitsARequestToTheLeaver_EndsAtOnce()
    {
        var failed = new TaskCompletionSource<HeliosException>(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Helios.Events.On("starling:connected", async happened =>
        {
            try
            {
                await happened.Starling.Request<int>("ui:ask");
            }
            catch (HeliosException failure)
            {
                failed.SetResult(failure);
            }
        });
        var client = await _server.ConnectAsync();
        await client.ReadTextAsync();

        await client.DisposeAsync();

        Assert.Equal(ErrorCodes.ConnectionClosed, (await failed.Task.InTime()).Code);
        await Eventually.TrueAsync(() => _server.Helios.Connections.Count == 0);
    }

    [Fact]
    public async Task Request_ThatStillWaitsBehindOthersWhenItsClientLeaves_FailsAtOnce()
    {
        var asked = new TaskCompletionSource<StarlingRequest<int>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Helios.Events.On("starling:connected", happened =>
        {
            // More than a socket buffers when its client does not read.
            var large = new string('x', 512 * 1024);
            for (var message = 0; message < 15; message++) _ = happened.Starling.NotifyAsync("a:b", large).AsTask();
            asked.SetResult(happened.Starling.Request<int>("ui:ask"));
        });
        var client = await _server.ConnectAsync();
        var request = await asked.Task.InTime();

        await client.DisposeAsync();

        Assert.Equal(ErrorCodes.ConnectionClosed, (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
    }

    [Fact]
    public async Task Handlers_OfOneStarling_RunInOrderHoweverSlowTheyAre()
    {
        _server.Helios.Events.On("starling:connected", async _ =>
        {
            await _release.Task;
            Note("connected");
        });
        _server.Helios.OnDisconnection((_, _) => Note("disconnected"));

        await LeaveAsync();
        _release.SetResult();

        await Eventually.TrueAsync(() => Count() == 2);
        Assert.Equal(["connected", "disconnected"], _events);
    }

    [Fact]
    public async Task Stop_WhileADisconnectionHandlerRuns_WaitsForIt()
    {
        _server.Helios.OnDisconnection(async (_, _) =>
        {
            _entered.SetResult();
            await _release.Task;
            Note("handled");
        });
        await LeaveAsync();
        await _entered.Task.InTime();

        var stopping = _server.Helios.DisposeAsync().AsTask();
        Assert.False(stopping.IsCompleted);
        _release.SetResult();
        await stopping.InTime();

        Assert.Equal(["handled"], _events);
    }

    [Fact]
    public async Task StarlingClosedForGood_WhoseHandlerHangs_IsForgottenInTime()
    {
        _server.Helios.OnDisconnection(async (_, _) =>
        {
            _entered.SetResult();
            await _release.Task;
        });
        await using var client = await _server.ConnectAsync();
        await Eventually.TrueAsync(() => _server.Helios.Starlings.TotalCount == 1);
        await _server.Helios.Starlings.Filter(_ => true).Single().CloseAsync();
        await client.ExpectCloseAsync(CloseCode.ClosedForGood);
        await client.DisposeAsync();
        await _entered.Task.InTime();
        Assert.Equal(1, _server.Helios.Starlings.TotalCount);

        await Eventually.TrueAsync(() =>
        {
            _server.Time.Advance(TimeSpan.FromSeconds(1));
            return _server.Helios.Starlings.TotalCount == 0;
        });
    }

    /// <summary>Connects and disconnects. Completes when the place is free again.</summary>
    private async Task LeaveAsync()
    {
        await (await _server.ConnectAsync()).DisposeAsync();
        await Eventually.TrueAsync(() => _server.Helios.Connections.Count == 0);
    }

    private void Block()
    {
        _entered.SetResult();
        _release.Task.Wait(CancellationToken.None);
    }

    private void Note(string what)
    {
        lock (_events) _events.Add(what);
    }

    private int Count()
    {
        lock (_events) return _events.Count;
    }
}

public sealed class LeanConnectionEndTests() : ConnectionEndTests(isMapped: false);

public sealed class MappedConnectionEndTests() : ConnectionEndTests(isMapped: true);
