using System.Collections.Concurrent;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The live connections of a server, from the upgrade to the end.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class Connections : IAsyncDisposable
{
    /// <summary>Why a server that stops closes its connections.</summary>
    public const string GoingAway = "server going away";

    // Deadlines are kept to about this precision by one timer for all connections, and acknowledgements leave in time:
    // at most 1 s after the first message that waits for one (docs/protocol.md section 7, rule 4).
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(500);

    private readonly Node _node;
    private readonly Admission _admission;
    private readonly ConcurrentDictionary<WebSocketConnection, byte> _unlinked = new();
    private readonly HeavyReaderQueue _turns = new();
    private readonly ITimer _ticker;
    private readonly Drain _drain;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public Connections(Node node)
    {
        _node = node;
        Limit = node.Options.MaxConnections;
        _admission = new Admission(node, this);
        _drain = new Drain(node, this);
        _ticker = node.Engine.Time.CreateTimer(static connections => ((Connections)connections!).OnTick(), this, s_tick, s_tick);
    }

    /// <summary>Whether the server goes away and takes no connection any more.</summary>
    public bool IsStopping => _drain.HasBegun;

    /// <summary>Whether the server has stopped.</summary>
    public bool HasStopped => _stopped.Task.IsCompleted;

    /// <summary>
    /// The most connections at a time: <see cref="HeliosOptions.MaxConnections"/>, or as many as the process has file handles for.
    /// </summary>
    public int Limit { get; private set; }

    /// <summary>How many connections there are, those included that are being upgraded or have not quite ended.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Completes when a server that stops has no connection any more.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The connections that belong to no starling yet, or not any more.</summary>
    public ICollection<WebSocketConnection> Unlinked => _unlinked.Keys;

    /// <exception cref="ObjectDisposedException">The server was stopped, or is stopping.</exception>
    public void ThrowIfStopped()
    {
        if (IsStopping) throw new ObjectDisposedException("Helios", "The server was stopped, and cannot start again. Create another one.");
    }

    /// <summary>Takes a place for a connection; false when there is none. A place taken is given back with <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= Limit && !IsStopping) return true;
        Leave();
        return false;
    }

    /// <summary>Lowers the limit to the number of connections that the process has file handles for.</summary>
    public void LimitTo(int connections) => Limit = Math.Min(Limit, connections);

    /// <summary>Whether a connection that came now would find a place.</summary>
    public bool HasRoom => !IsStopping && Count < Limit;

    public void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0 && IsStopping) _ended.TrySetResult();
    }

    /// <summary>Runs one connection, for which a place was taken, to its end.</summary>
    /// <param name="stream">The upgraded bytes, both ways.</param>
    /// <param name="early">Bytes that came right behind the upgrade request.</param>
    /// <param name="arrival">Who connects, and what it says of itself.</param>
    /// <param name="abort">Cuts the transport under the stream.</param>
    /// <param name="isShared">Whether the stream is one of several on a transport, as with HTTP/2.</param>
    /// <param name="socket">What is under the stream, or the stream itself; null when that is no socket of ours.</param>
    /// <param name="endSending">Ends sending alone, for a transport without socket; null when it cannot.</param>
    public Task RunAsync(
        Stream stream, ReadOnlyMemory<byte> early, Arrival arrival, Action abort, bool isShared = false, SocketStream? socket = null,
        Func<Task>? endSending = null) =>
        EmptyContext.Run(() => RunInContextAsync(stream, early, arrival, abort, isShared, socket, endSending));

    private async Task RunInContextAsync(
        Stream stream,
        ReadOnlyMemory<byte> early,
        Arrival arrival,
        Action abort,
        bool isShared,
        SocketStream? socket,
        Func<Task>? endSending)
    {
        var party = _node.Parties.Enter(Partitions.OfParty(arrival.User, arrival.RemoteAddress));
        using var connection = new WebSocketConnection(_node.Dispatcher, stream, abort, isShared, _turns, _node.Options, party)
        {
            Socket = socket,
            EndSending = endSending,
            User = arrival.User,
            UserExpiresAt = arrival.ExpiresAt,
            Endpoint = arrival.Endpoint,
        };
        var since = _node.Engine.Time.GetTimestamp();
        CloseInfo close;
        try
        {
            _unlinked.TryAdd(connection, 0);
            if (IsStopping) connection.BeginClose(CloseCode.GoingAway, GoingAway);
            var admitted = _admission.AdmitAsync(connection, arrival);
            var running = connection.RunAsync(early, admitted);
            // Not kept for as long as the connection lives.
            (arrival, early) = (null!, default);
            close = await running.ConfigureAwait(false);
            if (await admitted.ConfigureAwait(false) is { } starling) End(starling, connection, close);
        }
        finally
        {
            _unlinked.TryRemove(connection, out _);
            _node.Parties.Leave(party);
        }
        _node.Metrics.ConnectionEnded(close.Code, _node.Engine.Time.GetElapsedTime(since));
    }

    /// <summary>A connection is linked to a starling, whose session watches over it from now on.</summary>
    public void OnLinked(Starling starling, WebSocketConnection connection, WebSocketConnection? previous)
    {
        _node.Held.Release(starling);
        _unlinked.TryRemove(connection, out _);
        if (previous is null) _node.Starlings.CountConnected(1);
        else WatchUnlinked(previous);
        // What follows a link may run behind what follows the next one, even behind the end of that.
        var current = starling.Session.Connection;
        if (current != connection) WatchUnlinked(connection);
        if (current is null && !starling.Life.IsClosed && !IsStopping) _node.Held.Hold(starling);
        // Else it was not seen by those who close all.
        if (IsStopping) connection.BeginClose(CloseCode.GoingAway, GoingAway);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_drain.TryBegin())
        {
            await _stopped.Task.ConfigureAwait(false);
            return;
        }
        try
        {
            if (Count == 0) _ended.TrySetResult();
            await _drain.RunAsync().ConfigureAwait(false);
            await _ticker.DisposeAsync().ConfigureAwait(false);
            foreach (var starling in _node.Starlings.ToArray()) starling.Life.Forget();
        }
        finally
        {
            _stopped.SetResult();
        }
    }

    private void WatchUnlinked(WebSocketConnection connection)
    {
        _unlinked.TryAdd(connection, 0);
        if (connection.HasEnded) _unlinked.TryRemove(connection, out _);
    }

    /// <summary>Unlinks a connection that has ended. The application is told on other threads: its place does not wait for that.</summary>
    private void End(Starling starling, WebSocketConnection connection, CloseInfo close)
    {
        // Ahead of the unlinking, which forgets what was sent to a client without token.
        if (IsStopping && starling.Session.Connection == connection) _ = _drain.Report(starling);
        if (!starling.Session.Unlink(connection)) return;
        _node.Starlings.CountConnected(-1);
        var isGone = starling.Life.IsClosed || IsStopping;
        if (!isGone) _node.Held.Hold(starling);
        _ = FinishAsync(starling, starling.AnnounceAsync(() => _admission.OnDisconnectedAsync(starling, close)), isGone);
    }

    /// <summary>
    /// Forgets a starling that is gone, behind the handlers that are told of its end: they still see its groups and data.
    /// </summary>
    private async Task FinishAsync(Starling starling, Task announced, bool isGone)
    {
        _node.Engine.Buffers.Charge(Starling.EndOverhead);
        try
        {
            // For a while: a handler that hangs must not keep the starling for ever.
            if (isGone) await announced.WaitAsync(_node.Options.RequestTimeout, _node.Engine.Time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else await announced.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _node.Engine.Logger.ConnectionFaulted(exception);
        }
        if (isGone || starling.Life.IsClosed) starling.Life.Forget();
        await announced.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _node.Engine.Buffers.Charge(-Starling.EndOverhead);
    }

    private void OnTick()
    {
        while (_node.Held.TryTakeExpired() is { } expired) Try(static starling => starling.Life.Expire(), expired);
        Try(static limits => limits.OnTick(), _node.RateLimits);
        Try(static parties => parties.OnTick(), _node.Parties);
        _node.Relief.OnTick();
        _node.Starlings.ForEach(Watch);
        foreach (var connection in _unlinked.Keys) Try(static connection => connection.OnTick(), connection);
    }

    private void Watch(Starling starling) => Try(
        static starling =>
        {
            (starling.Session.Connection as WebSocketConnection)?.OnTick();
            starling.OnTick();
        },
        starling);

    private void Try<T>(Action<T> action, T subject)
    {
        try
        {
            action(subject);
        }
        catch (Exception exception)
        {
            // A timer's exception would end the process.
            _node.Engine.Logger.ConnectionFaulted(exception);
        }
    }
}
