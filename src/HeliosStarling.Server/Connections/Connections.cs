using System.Security.Claims;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The live connections of a server, from the upgrade to the end.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class Connections : IAsyncDisposable
{
    // Deadlines are kept to about this precision by one timer for all connections.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly Helios _helios;
    private readonly HeldStarlings _held;
    private readonly ITimer _ticker;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private volatile bool _isStopping;

    public Connections(Helios helios)
    {
        _helios = helios;
        _held = new HeldStarlings(helios.Engine.Time, helios.Options.DisconnectionTtl, helios.Options.MaxConnections);
        _ticker = helios.Engine.Time.CreateTimer(static connections => ((Connections)connections!).OnTick(), this, Tick, Tick);
    }

    /// <summary>Whether the server goes away and takes no connection any more.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>Takes a place for a connection; false when there is none. A place taken is given back with <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= _helios.Options.MaxConnections && !_isStopping) return true;
        Leave();
        return false;
    }

    /// <summary>Whether a connection that came now would find a place.</summary>
    public bool HasRoom => !_isStopping && Volatile.Read(ref _count) < _helios.Options.MaxConnections;

    public void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0 && _isStopping) _drained.TrySetResult();
    }

    /// <summary>Runs one connection, for which a place was taken, to its end.</summary>
    /// <param name="stream">The upgraded bytes, both ways.</param>
    /// <param name="early">Bytes that came right behind the upgrade request.</param>
    /// <param name="user">Who connects.</param>
    /// <param name="abort">Cuts the transport under the stream.</param>
    /// <param name="isShared">Whether the stream is one of several on a transport, as with HTTP/2.</param>
    public Task RunAsync(Stream stream, ReadOnlyMemory<byte> early, ClaimsPrincipal user, Action abort, bool isShared = false) =>
        RunAsync(new Starling(_helios, user), stream, early, abort, isShared);

    /// <inheritdoc cref="RunAsync(Stream, ReadOnlyMemory{byte}, ClaimsPrincipal, Action, bool)"/>
    public async Task RunAsync(Starling starling, Stream stream, ReadOnlyMemory<byte> early, Action abort, bool isShared = false)
    {
        using var connection = new WebSocketConnection(starling.Session, stream, abort, isShared, _helios.Options);
        starling.Session.Connection = connection;
        _helios.Starlings.Add(starling);
        _helios.Starlings.CountConnected(1);
        if (_isStopping) connection.BeginClose(CloseCode.GoingAway, "server going away");
        var ready = OnConnectedAsync(starling);
        var close = await connection.RunAsync(early, ready).ConfigureAwait(false);

        starling.Session.Unlink(connection);
        _helios.Starlings.CountConnected(-1);
        starling.Session.FailOutbound(close: false);
        await ready.ConfigureAwait(false);
        await OnDisconnectedAsync(starling, close).ConfigureAwait(false);
        if (starling.IsClosedForGood || _isStopping) starling.Remove();
        else _held.Hold(starling);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isStopping) return;
        _isStopping = true;
        await CloseAllAsync().ConfigureAwait(false);
        await _ticker.DisposeAsync().ConfigureAwait(false);
        foreach (var starling in _helios.Starlings.ToArray()) starling.Remove();
    }

    private async Task CloseAllAsync()
    {
        foreach (var starling in _helios.Starlings.ToArray()) starling.Session.Connection?.BeginClose(CloseCode.GoingAway, "server going away");
        if (Volatile.Read(ref _count) == 0) return;
        try
        {
            // The ticker aborts those who do not close in time; handlers of the application may take longer still.
            await _drained.Task.WaitAsync(_helios.Options.ConnectionTimeout + (2 * Tick), _helios.Engine.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _helios.Engine.Logger.ConnectionsLeft(Volatile.Read(ref _count));
        }
    }

    private async Task OnConnectedAsync(Starling starling)
    {
        _helios.Engine.Logger.StarlingConnected(starling.Id);
        await _helios.Events.EmitAsync(new StarlingNew(starling)).ConfigureAwait(false);
        await _helios.ConnectionHandlers.InvokeAsync(starling).ConfigureAwait(false);
        await _helios.Events.EmitAsync(new StarlingConnected(starling)).ConfigureAwait(false);
    }

    private async Task OnDisconnectedAsync(Starling starling, CloseInfo close)
    {
        _helios.Engine.Logger.StarlingDisconnected(starling.Id, close.Code, close.Reason);
        await _helios.Events.EmitAsync(new StarlingDisconnected(starling, close.Code, close.Reason)).ConfigureAwait(false);
        await _helios.DisconnectionHandlers.InvokeAsync((starling, close.Reason)).ConfigureAwait(false);
    }

    private void OnTick()
    {
        _held.RemoveExpired();
        foreach (var starling in _helios.Starlings.ToArray())
        {
            try
            {
                (starling.Session.Connection as WebSocketConnection)?.OnTick();
            }
            catch (Exception exception)
            {
                // A timer's exception would end the process.
                _helios.Engine.Logger.ConnectionFaulted(exception);
            }
        }
    }
}
