using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Lets the connections of a server that goes away end in good order, each on its own: its requests finish, it has what it was sent, it
/// gets a last token and is closed. All of it within <see cref="HeliosOptions.ShutdownTimeout"/>.
/// </summary>
internal sealed class Drain(Node node, Connections connections)
{
    // Of the time for all: when goodbyes have begun, when nobody is waited for any more, when who has not closed is cut.
    private const double LastBegun = 0.5;
    private const double LastWaited = 0.8;
    private const double Cut = 0.9;

    // So few come back elsewhere together without harm; more are spread, about as many per second as one core takes in with TLS and a
    // token.
    private const int AtOnce = 100;
    private static readonly TimeSpan s_stride = TimeSpan.FromMilliseconds(1);

    // A client that sends all the time gets this many, then one more behind its last message.
    private const int MaxTokens = 3;

    private readonly TimeProvider _time = node.Engine.Time;
    private readonly TimeSpan _timeout = node.Options.ShutdownTimeout;
    private long _started;
    private int _hasBegun;
    private int _unconfirmed;

    /// <summary>Whether the server goes away and takes no connection any more.</summary>
    public bool HasBegun => Volatile.Read(ref _hasBegun) != 0;

    /// <summary>Begins; false when it has begun already.</summary>
    public bool TryBegin() => Interlocked.Exchange(ref _hasBegun, 1) == 0;

    /// <summary>
    /// Ends all connections. Completes when they have ended and the application knows what was not confirmed, or their time is over.
    /// </summary>
    public async Task RunAsync()
    {
        _started = _time.GetTimestamp();
        if (connections.Count > 0) node.Engine.Logger.DrainBegins(connections.Count, _timeout);
        using var patience = new CancellationTokenSource(_timeout * LastWaited, _time);
        _ = SayGoodbyesAsync(patience.Token);
        if (!await IsInTimeAsync(connections.Ended, Cut).ConfigureAwait(false)) AbortAll();
        if (!await IsInTimeAsync(connections.Ended, 1).ConfigureAwait(false)) node.Engine.Logger.ConnectionsLeft(connections.Count);
        await patience.CancelAsync().ConfigureAwait(false);

        var told = node.Starlings.ToArray().Select(Report).ToArray();
        await IsInTimeAsync(Task.WhenAll(told), 1).ConfigureAwait(false);
        if (_unconfirmed > 0) node.Engine.Logger.LeftUnconfirmed(_unconfirmed);
    }

    /// <summary>Tells the application what a starling that nobody comes back for has not confirmed.</summary>
    /// <returns>Completes when it knows.</returns>
    public Task Report(Starling starling)
    {
        Interlocked.Add(ref _unconfirmed, starling.Session.ReportKept());
        return starling.AnnounceAsync(static () => Task.CompletedTask);
    }

    private async Task SayGoodbyesAsync(CancellationToken patience)
    {
        foreach (var connection in connections.Unlinked) connection.BeginClose(CloseCode.GoingAway, Connections.GoingAway);
        var linked = node.Starlings.ToArray().Where(starling => starling.Session.Connection is not null).ToArray();
        var spread = s_stride * Math.Max(0, linked.Length - AtOnce);
        if (spread > _timeout * LastBegun) spread = _timeout * LastBegun;
        for (var i = 0; i < linked.Length; i++)
        {
            var wait = (spread * i / linked.Length) - _time.GetElapsedTime(_started);
            if (wait > s_stride) await Task.Delay(wait, _time, patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ = SayGoodbyeAsync(linked[i], patience);
        }
    }

    private async Task SayGoodbyeAsync(Starling starling, CancellationToken patience)
    {
        if (starling.Session.Connection is not WebSocketConnection connection) return;
        try
        {
            await FinishAsync(starling, connection, patience).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Its time is over: it is closed as it is.
        }
        catch (Exception exception)
        {
            node.Engine.Logger.ConnectionFaulted(exception);
        }
        connection.TryStopTaking(CloseCode.GoingAway, Connections.GoingAway);
        connection.FinishClose();
    }

    private static async Task FinishAsync(Starling starling, WebSocketConnection connection, CancellationToken patience)
    {
        var session = starling.Session;
        // Should its handlers not end in time, it has at least this.
        if (!session.Budget.IsQuiet) await TellAsync(starling, patience).ConfigureAwait(false);
        await session.Budget.WhenQuiet().WaitAsync(patience).ConfigureAwait(false);
        await session.Outbox.WhenAcknowledged().WaitAsync(patience).ConfigureAwait(false);
        await session.WhenAnswered().WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // While messages are still taken, since saving may take long.
        var told = await TellAllAsync(starling, connection, patience).ConfigureAwait(false);
        for (var more = 1; more < MaxTokens && told != session.Ledger.Received; more++)
            told = await TellAllAsync(starling, connection, patience).ConfigureAwait(false);

        // What was taken by now is answered, is in the token, and is acknowledged; what comes later is none of it.
        if (!connection.TryStopTaking(CloseCode.GoingAway, Connections.GoingAway)) return;
        await connection.WhenBatchEnded().WaitAsync(patience).ConfigureAwait(false);
        await session.Budget.WhenQuiet().WaitAsync(patience).ConfigureAwait(false);
        if (told != session.Ledger.Received) await TellAsync(starling, patience).ConfigureAwait(false);
        session.Ledger.AcknowledgeInTime();
    }

    /// <summary>Makes a token when the reader is between batches and no handler runs.</summary>
    /// <returns>Of how many messages it surely holds all that they have changed.</returns>
    private static async Task<long> TellAllAsync(Starling starling, WebSocketConnection connection, CancellationToken patience)
    {
        await connection.WhenBatchEnded().WaitAsync(patience).ConfigureAwait(false);
        await starling.Session.Budget.WhenQuiet().WaitAsync(patience).ConfigureAwait(false);
        var received = starling.Session.Ledger.Received;
        var isSettled = !connection.IsReading && starling.Session.Budget.IsQuiet;
        await TellAsync(starling, patience).ConfigureAwait(false);
        return isSettled ? received : -1;
    }

    /// <summary>A last token, for a client that asked for more than answers.</summary>
    private static Task TellAsync(Starling starling, CancellationToken patience) =>
        starling.Session.Ledger.Epoch is null ? Task.CompletedTask : starling.Tokens.RefreshAsync(patience).WaitAsync(patience);

    private void AbortAll()
    {
        foreach (var starling in node.Starlings.ToArray()) starling.Session.Connection?.Abort();
        foreach (var connection in connections.Unlinked) connection.Abort();
    }

    /// <summary>Waits for a task up to a share of the time for all.</summary>
    private async Task<bool> IsInTimeAsync(Task task, double share)
    {
        var left = (_timeout * share) - _time.GetElapsedTime(_started);
        await task.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
