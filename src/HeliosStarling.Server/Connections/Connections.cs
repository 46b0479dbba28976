using System.Collections.Concurrent;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The connections of a server, from the upgrade to the end.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class Connections : IAsyncDisposable
{
    /// <summary>The close reason when the server stops.</summary>
    public const string GoingAway = "server going away";

    // One timer checks the deadlines of all connections at this interval. It also sends acknowledgements in time: at most 1 s after the
    // first unacknowledged message (docs/protocol.md section 7, rule 4).
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(500);

    // As many as a few hundred clients behind one address cause when they come back together.
    private const int MinAnnouncements = 1024;

    private readonly Node _node;
    private readonly Admission _admission;
    private readonly ConcurrentDictionary<WebSocketConnection, byte> _unlinked = new();
    // While so many handlers of one user or address have not ended, it gets no further connections: each keeps a few KiB.
    private readonly int _maxAnnouncements;
    private readonly HeavyReaderQueue _heavyReaders = new();
    private readonly ITimer _ticker;
    private readonly Drain _drain;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public Connections(Node node)
    {
        _node = node;
        Limit = node.Options.MaxConnections;
        _maxAnnouncements = Math.Max(MinAnnouncements, Limit / 4);
        _admission = new Admission(node, this);
        _drain = new Drain(node, this);
        _ticker = node.Engine.Time.CreateTimer(static connections => ((Connections)connections!).OnTick(), this, s_tick, s_tick);
    }

    /// <summary>Whether the server is stopping and accepts no further connections.</summary>
    public bool IsStopping => _drain.HasBegun;

    /// <summary>Whether the server has stopped.</summary>
    public bool HasStopped => _stopped.Task.IsCompleted;

    /// <summary>
    /// The maximum number of connections: <see cref="HeliosOptions.MaxConnections"/>, or fewer if the process has fewer file handles.
    /// </summary>
    public int Limit { get; private set; }

    /// <summary>The number of connections, including those that are being upgraded or closed.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Completes when the last connection of a stopping server has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The connections that are not linked to a starling yet, or not any more.</summary>
    public ICollection<WebSocketConnection> Unlinked => _unlinked.Keys;

    /// <exception cref="ObjectDisposedException">The server is stopping or has stopped.</exception>
    public void ThrowIfStopped()
    {
        if (IsStopping) throw new ObjectDisposedException("Helios", "The server was stopped, and cannot start again. Create another one.");
    }

    /// <summary>Takes a place for a connection. Returns false when there is none. <see cref="Leave"/> gives the place back.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= Limit && !IsStopping) return true;
        Leave();
        return false;
    }

    /// <summary>Lowers the limit to the number of connections that the process has file handles for.</summary>
    public void LimitTo(int connections) => Limit = Math.Min(Limit, connections);

    /// <summary>Whether there is a place for another connection now.</summary>
    public bool HasRoom => !IsStopping && Count < Limit;

    public void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0 && IsStopping) _ended.TrySetResult();
    }

    /// <summary>Runs one connection to its end. A place must have been taken for it.</summary>
    /// <param name="stream">The upgraded stream.</param>
    /// <param name="early">Bytes that came together with the upgrade request.</param>
    /// <param name="arrival">The client that connects.</param>
    /// <param name="abort">Cuts the transport below the stream.</param>
    /// <param name="isShared">Whether the stream is one of several on a transport (HTTP/2).</param>
    /// <param name="socket">The socket below the stream, or the stream itself; null when the transport has no socket of ours.</param>
    /// <param name="endSending">Ends sending on a transport without a socket; null when it cannot.</param>
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
        using var connection = new WebSocketConnection(_node.Dispatcher, stream, abort, isShared, _heavyReaders, _node.Options, party)
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
            else if (party.Announcements > _maxAnnouncements) connection.BeginClose(CloseCode.RateLimited, CloseReasons.HandlersBusy);
            var admitted = _admission.AdmitAsync(connection, arrival);
            var running = connection.RunAsync(early, admitted);
            // Release them: the connection may live long.
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

    /// <summary>Handles the link of a connection to a starling. From now on the starling's session watches the connection.</summary>
    public void OnLinked(Starling starling, WebSocketConnection connection, WebSocketConnection? previous)
    {
        _node.Held.Release(starling);
        _unlinked.TryRemove(connection, out _);
        if (previous is null) _node.Starlings.CountConnected(1);
        else WatchUnlinked(previous);
        // A later link may run this method earlier, and its connection may have ended already.
        var current = starling.Session.Connection;
        if (current != connection) WatchUnlinked(connection);
        if (current is null && !starling.Life.IsClosed && !IsStopping) _node.Held.Hold(starling);
        // The loop that closes all connections may have missed this one.
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

    /// <summary>
    /// Unlinks a connection that has ended. The application is told on other threads, and the connection's place does not wait.
    /// </summary>
    private void End(Starling starling, WebSocketConnection connection, CloseInfo close)
    {
        // Report before the unlink, which discards what was sent to a client without a token.
        if (IsStopping && starling.Session.Connection == connection) _ = _drain.Report(starling);
        if (!starling.Session.Unlink(connection)) return;
        _node.Starlings.CountConnected(-1);
        var isGone = starling.Life.IsClosed || IsStopping;
        if (!isGone) _node.Held.Hold(starling);
        _ = FinishAsync(starling, starling.AnnounceAsync(() => _admission.OnDisconnectedAsync(starling, close)), isGone);
    }

    /// <summary>
    /// Forgets a starling that has ended, after the application's handlers were called: they can still use its groups and data.
    /// </summary>
    private async Task FinishAsync(Starling starling, Task announced, bool isGone)
    {
        try
        {
            // The wait is limited: a handler that hangs must not keep the starling forever.
            if (isGone) await announced.WaitAsync(_node.Options.RequestTimeout, _node.Engine.Time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else await announced.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _node.Engine.Logger.ConnectionFaulted(exception);
        }
        if (isGone || starling.Life.IsClosed) starling.Life.Forget();
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
            // An unhandled exception in a timer would end the process.
            _node.Engine.Logger.ConnectionFaulted(exception);
        }
    }
}
