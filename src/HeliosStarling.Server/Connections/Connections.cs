using System.Collections.Concurrent;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The live connections of a server, from the upgrade to the end.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class Connections : IAsyncDisposable
{
    // Deadlines are kept to about this precision by one timer for all connections, and acknowledgements leave in time:
    // at most 1 s after the first message that waits for one (PROTOCOL.md section 7, rule 4).
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly Helios _helios;
    private readonly Admission _admission;
    private readonly ConcurrentDictionary<WebSocketConnection, byte> _unlinked = new();
    private readonly ITimer _ticker;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private volatile bool _isStopping;

    public Connections(Helios helios)
    {
        _helios = helios;
        _admission = new Admission(helios, this);
        Held = new HeldStarlings(helios.Engine.Time, helios.Options.DisconnectionTtl, helios.Options.MaxConnections);
        _ticker = helios.Engine.Time.CreateTimer(static connections => ((Connections)connections!).OnTick(), this, Tick, Tick);
    }

    /// <summary>Whether the server goes away and takes no connection any more.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>The starlings without connection.</summary>
    public HeldStarlings Held { get; }

    /// <summary>How many connections there are, those included whose upgrade or end is under way.</summary>
    public int Count => Volatile.Read(ref _count);

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
    /// <param name="arrival">Who connects, and what it says of itself.</param>
    /// <param name="abort">Cuts the transport under the stream.</param>
    /// <param name="isShared">Whether the stream is one of several on a transport, as with HTTP/2.</param>
    public async Task RunAsync(Stream stream, ReadOnlyMemory<byte> early, Arrival arrival, Action abort, bool isShared = false)
    {
        using var connection = new WebSocketConnection(_helios.Engine, stream, abort, isShared, _helios.Options);
        _unlinked.TryAdd(connection, 0);
        if (_isStopping) connection.BeginClose(CloseCode.GoingAway, "server going away");
        var admitted = _admission.AdmitAsync(connection, arrival);
        var close = await connection.RunAsync(early, admitted).ConfigureAwait(false);
        if (await admitted.ConfigureAwait(false) is { } starling) await EndAsync(starling, connection, close).ConfigureAwait(false);
        _unlinked.TryRemove(connection, out _);
    }

    /// <summary>A connection is linked to a starling, whose session watches over it from now on.</summary>
    public void OnLinked(Starling starling, WebSocketConnection connection, WebSocketConnection? previous)
    {
        Held.Release(starling);
        _unlinked.TryRemove(connection, out _);
        if (previous is null) _helios.Starlings.CountConnected(1);
        else _unlinked.TryAdd(previous, 0);
        if (previous is { HasEnded: true }) _unlinked.TryRemove(previous, out _);
        // Else it was not seen by those who close all.
        if (_isStopping) connection.BeginClose(CloseCode.GoingAway, "server going away");
    }

    public async ValueTask DisposeAsync()
    {
        if (_isStopping) return;
        _isStopping = true;
        await CloseAllAsync().ConfigureAwait(false);
        await _ticker.DisposeAsync().ConfigureAwait(false);
        foreach (var starling in _helios.Starlings.ToArray()) starling.Remove();
    }

    private async Task EndAsync(Starling starling, WebSocketConnection connection, CloseInfo close)
    {
        if (!starling.Session.Unlink(connection)) return;
        _helios.Starlings.CountConnected(-1);
        var isGone = starling.IsClosedForGood || _isStopping;
        if (!isGone) Held.Hold(starling);
        await starling.AnnounceAsync(() => _admission.OnDisconnectedAsync(starling, close)).ConfigureAwait(false);
        if (isGone || starling.IsClosedForGood) starling.Remove();
    }

    private async Task CloseAllAsync()
    {
        foreach (var starling in _helios.Starlings.ToArray()) starling.Session.Connection?.BeginClose(CloseCode.GoingAway, "server going away");
        foreach (var connection in _unlinked.Keys) connection.BeginClose(CloseCode.GoingAway, "server going away");
        if (Volatile.Read(ref _count) == 0) return;
        try
        {
            // The ticker aborts those who do not close in time; handlers of the application may take longer still.
            await _drained.Task.WaitAsync(_helios.Options.ConnectionTimeout + TimeSpan.FromSeconds(2), _helios.Engine.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _helios.Engine.Logger.ConnectionsLeft(Volatile.Read(ref _count));
        }
    }

    private void OnTick()
    {
        Held.RemoveExpired();
        _helios.RateLimits.OnTick();
        foreach (var starling in _helios.Starlings.ToArray()) Watch(starling.Session.Connection as WebSocketConnection, starling);
        foreach (var connection in _unlinked.Keys) Watch(connection, starling: null);
    }

    private void Watch(WebSocketConnection? connection, Starling? starling)
    {
        try
        {
            connection?.OnTick();
            starling?.OnTick();
        }
        catch (Exception exception)
        {
            // A timer's exception would end the process.
            _helios.Engine.Logger.ConnectionFaulted(exception);
        }
    }
}
