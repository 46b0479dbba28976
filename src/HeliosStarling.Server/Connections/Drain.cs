using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Ends the connections of a stopping server, each on its own: its requests finish, its messages are acknowledged, and it gets a last token
/// before it is closed. All this takes at most <see cref="HeliosOptions.ShutdownTimeout"/>.
/// </summary>
internal sealed class Drain(Node node, Connections connections)
{
    // Shares of the timeout: until when goodbyes begin, until when clients are waited for, and when the remaining connections are cut.
    private const double GoodbyesBeginUntil = 0.5;
    private const double ClientsAwaitedUntil = 0.8;
    private const double CutAfter = 0.9;

    // This many clients may reconnect elsewhere at the same moment. More clients are spread over time, at about the rate that one core can
    // admit with TLS and a token.
    private const int MaxTogether = 100;
    private static readonly TimeSpan s_spacing = TimeSpan.FromMilliseconds(1);

    // A client that keeps sending gets this many tokens, and one more after its last message.
    private const int MaxTokens = 3;

    private readonly TimeProvider _time = node.Engine.Time;
    private readonly TimeSpan _timeout = node.Options.ShutdownTimeout;
    private long _started;
    private int _hasBegun;
    private int _unconfirmed;

    /// <summary>Whether the server is stopping and accepts no further connections.</summary>
    public bool HasBegun => Volatile.Read(ref _hasBegun) != 0;

    /// <summary>Begins to drain. Returns false when draining has begun already.</summary>
    public bool TryBegin() => Interlocked.Exchange(ref _hasBegun, 1) == 0;

    /// <summary>
    /// Ends all connections. Completes when they have ended and the application was told of unconfirmed messages, or after the timeout.
    /// </summary>
    public async Task RunAsync()
    {
        _started = _time.GetTimestamp();
        if (connections.Count > 0) node.Engine.Logger.DrainBegins(connections.Count, _timeout);
        using var deadline = new CancellationTokenSource(_timeout * ClientsAwaitedUntil, _time);
        _ = SayGoodbyesAsync(deadline.Token);
        if (!await IsInTimeAsync(connections.Ended, CutAfter).ConfigureAwait(false)) AbortAll();
        if (!await IsInTimeAsync(connections.Ended, 1).ConfigureAwait(false)) node.Engine.Logger.ConnectionsLeft(connections.Count);
        await deadline.CancelAsync().ConfigureAwait(false);

        var told = node.Starlings.ToArray().Select(Report).ToArray();
        await IsInTimeAsync(Task.WhenAll(told), 1).ConfigureAwait(false);
        if (_unconfirmed > 0) node.Engine.Logger.LeftUnconfirmed(_unconfirmed);
    }

    /// <summary>Tells the application the messages of a starling that were not confirmed and never will be.</summary>
    /// <returns>A task that completes when the application has been told.</returns>
    public Task Report(Starling starling)
    {
        Interlocked.Add(ref _unconfirmed, starling.Session.ReportKept());
        return starling.AnnounceAsync(static () => Task.CompletedTask);
    }

    private async Task SayGoodbyesAsync(CancellationToken deadline)
    {
        foreach (var connection in connections.Unlinked) connection.BeginClose(CloseCode.GoingAway, Connections.GoingAway);
        var linked = node.Starlings.ToArray().Where(starling => starling.Session.Connection is not null).ToArray();
        var spread = s_spacing * Math.Max(0, linked.Length - MaxTogether);
        if (spread > _timeout * GoodbyesBeginUntil) spread = _timeout * GoodbyesBeginUntil;
        for (var i = 0; i < linked.Length; i++)
        {
            var wait = (spread * i / linked.Length) - _time.GetElapsedTime(_started);
            if (wait > s_spacing) await Task.Delay(wait, _time, deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ = SayGoodbyeAsync(linked[i], deadline);
        }
    }

    private async Task SayGoodbyeAsync(Starling starling, CancellationToken deadline)
    {
        if (starling.Session.Connection is not WebSocketConnection connection) return;
        try
        {
            await FinishAsync(starling, connection, deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The time is over: close the connection in its current state.
        }
        catch (Exception exception)
        {
            node.Engine.Logger.ConnectionFaulted(exception);
        }
        connection.TryStopTaking(CloseCode.GoingAway, Connections.GoingAway);
        connection.FinishClose();
    }

    private static async Task FinishAsync(Starling starling, WebSocketConnection connection, CancellationToken deadline)
    {
        var session = starling.Session;
        // Its handlers may not end in time, so it gets a token now.
        if (!session.Budget.IsQuiet) await SendTokenAsync(starling, deadline).ConfigureAwait(false);
        await session.Budget.WhenQuiet().WaitAsync(deadline).ConfigureAwait(false);
        await session.Outbox.WhenAcknowledged().WaitAsync(deadline).ConfigureAwait(false);
        await session.WhenAnswered().WaitAsync(deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Messages are still handled meanwhile, because saving the states may take long.
        var covered = await SendSettledTokenAsync(starling, connection, deadline).ConfigureAwait(false);
        for (var more = 1; more < MaxTokens && covered != session.Ledger.Received; more++)
            covered = await SendSettledTokenAsync(starling, connection, deadline).ConfigureAwait(false);

        // Messages received by now are answered, covered by the token and acknowledged. Later messages are ignored.
        if (!connection.TryStopTaking(CloseCode.GoingAway, Connections.GoingAway)) return;
        await connection.WhenBatchEnded().WaitAsync(deadline).ConfigureAwait(false);
        await session.Budget.WhenQuiet().WaitAsync(deadline).ConfigureAwait(false);
        if (covered != session.Ledger.Received) await SendTokenAsync(starling, deadline).ConfigureAwait(false);
        session.Ledger.AcknowledgeInTime();
    }

    /// <summary>Issues a token when the reader is between two batches and no handler runs.</summary>
    /// <returns>The number of received messages whose effects are certainly in the token; -1 when that is not known.</returns>
    private static async Task<long> SendSettledTokenAsync(Starling starling, WebSocketConnection connection, CancellationToken deadline)
    {
        await connection.WhenBatchEnded().WaitAsync(deadline).ConfigureAwait(false);
        await starling.Session.Budget.WhenQuiet().WaitAsync(deadline).ConfigureAwait(false);
        var received = starling.Session.Ledger.Received;
        var isSettled = !connection.IsReading && starling.Session.Budget.IsQuiet;
        await SendTokenAsync(starling, deadline).ConfigureAwait(false);
        return isSettled ? received : -1;
    }

    /// <summary>Sends a last token to a client that uses resume.</summary>
    private static Task SendTokenAsync(Starling starling, CancellationToken deadline) =>
        starling.Session.Ledger.Epoch is null ? Task.CompletedTask : starling.Tokens.RefreshAsync(deadline).WaitAsync(deadline);

    private void AbortAll()
    {
        foreach (var starling in node.Starlings.ToArray()) starling.Session.Connection?.Abort();
        foreach (var connection in connections.Unlinked) connection.Abort();
    }

    /// <summary>Waits for a task until a share of the timeout is over.</summary>
    private async Task<bool> IsInTimeAsync(Task task, double share)
    {
        var left = (_timeout * share) - _time.GetElapsedTime(_started);
        await task.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
