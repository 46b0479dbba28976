namespace HeliosStarling;

/// <summary>
/// The life of a starling: Arriving → Linked ⇄ Away, then Closed → Gone. A starling that was never linked, or was away for too long, goes
/// to Gone directly. The session's <see cref="Ledger"/> decides under its lock whether a connection is linked. This class asks it.
/// </summary>
/// <remarks>Safe to call concurrently. A step that comes too late does nothing.</remarks>
internal sealed class StarlingLife(Starling starling)
{
    private WebSocketConnection? _arriving;
    private CloseInfo? _closeOnLink;
    private CancellationTokenSource? _gone;
    private Ending _ending;
    private bool _isGone;

    [Flags]
    private enum Ending
    {
        None = 0,

        // The tokens of the starling are revoked.
        Revoked = 1,

        // No further connection may be linked.
        Closed = 2,

        // The client has said goodbye.
        Left = 4,
    }

    /// <summary>The current stage.</summary>
    public StarlingStage Stage =>
        IsGone ? StarlingStage.Gone
        : IsClosed ? StarlingStage.Closed
        : starling.Session.Connection is not null ? StarlingStage.Linked
        : IsArriving ? StarlingStage.Arriving
        : StarlingStage.Away;

    /// <summary>Whether a connection has arrived that is not linked yet. Messages to the starling wait for it.</summary>
    public bool IsArriving => Volatile.Read(ref _arriving) is not null;

    /// <summary>Whether the starling was closed for good, has left or was given up. Then it is not held.</summary>
    public bool IsClosed => Has(Ending.Closed);

    /// <summary>Whether the server has forgotten the starling.</summary>
    public bool IsGone => Volatile.Read(ref _isGone);

    /// <summary>The linked connection, or else the one that has arrived; null when there is none.</summary>
    public WebSocketConnection? Current => (WebSocketConnection?)starling.Session.Connection ?? Volatile.Read(ref _arriving);

    /// <summary>A token that is cancelled when the server forgets the starling.</summary>
    public CancellationToken WhenGone
    {
        get { lock (this) return _isGone ? new CancellationToken(canceled: true) : (_gone ??= new CancellationTokenSource()).Token; }
    }

    /// <summary>The reason why a token issued just now must be revoked; null when it is valid.</summary>
    public Closing? WhyRevoked => !Has(Ending.Revoked) ? null : Has(Ending.Left) ? Closing.ByGoodbye : Closing.ByApplication;

    /// <summary>Records a connection that has arrived.</summary>
    public void BeginLink(WebSocketConnection connection) => Volatile.Write(ref _arriving, connection);

    /// <summary>Completes the arrival of a linked connection, and closes it if a close was requested meanwhile.</summary>
    public void EndLink(WebSocketConnection connection)
    {
        if (EndArrival(connection) is not { } close) return;
        if (IsClosed) starling.Session.Ledger.TryEnd(ifAway: false);
        connection.BeginClose(close.Code, close.Reason);
    }

    /// <summary>
    /// Ends the arrival of a connection that is not linked, and forgets the starling unless another connection was linked meanwhile.
    /// </summary>
    public void Withdraw(WebSocketConnection connection)
    {
        var close = EndArrival(connection);
        if (starling.Session.Ledger.TryWithdraw()) Forget();
        else if (close is not null && !TryClose(close) && IsClosed) Forget();
    }

    /// <summary>Closes the starling's connection. The starling is held afterwards.</summary>
    /// <returns>False when there is no connection.</returns>
    public bool TryClose(CloseInfo close)
    {
        lock (this)
        {
            if (_arriving is not null)
            {
                _closeOnLink ??= close;
                return true;
            }
        }
        if (starling.Session.Connection is not { } connection) return false;
        connection.BeginClose(close.Code, close.Reason);
        return true;
    }

    /// <summary>Closes the starling for good. Its tokens are revoked before its client is told.</summary>
    public async ValueTask CloseForGoodAsync(CloseInfo close)
    {
        Add(Ending.Revoked);
        await starling.Tokens.RevokeAsync(Closing.ByApplication).ConfigureAwait(false);
        End(close);
    }

    /// <summary>
    /// Handles the goodbye of the client on a connection: ends the starling as if it was closed for good (docs/protocol.md section 7,
    /// "Goodbye"), and answers the close frame.
    /// </summary>
    public async Task LeaveAsync(WebSocketConnection connection)
    {
        Add(Ending.Revoked | Ending.Closed | Ending.Left);
        try
        {
            await starling.Tokens.RevokeAsync(Closing.ByGoodbye).ConfigureAwait(false);
        }
        finally
        {
            var session = starling.Session;
            var kept = session.TakeKept();
            session.FailOpen();
            connection.FinishClose();
            // The client does not have to wait for the application's handlers.
            _ = Task.Run(() => session.Report(kept));
        }
    }

    /// <summary>
    /// Ends a starling whose client does not take its answers, as if its time was over (docs/protocol.md section 7, rule 6).
    /// </summary>
    public void GiveUp(CloseInfo close) => End(close);

    /// <summary>Forgets a starling whose time is over, unless its client has come back.</summary>
    public void Expire()
    {
        if (starling.Session.Ledger.TryEnd(ifAway: true)) Forget();
    }

    /// <summary>Forgets the starling with its groups, requests and outbox.</summary>
    public void Forget()
    {
        bool wasGone;
        lock (this)
        {
            wasGone = _isGone;
            Volatile.Write(ref _isGone, true);
        }
        // Callbacks of the token are application code, so they run on the thread pool.
        _ = _gone?.CancelAsync();
        // Announced before the release, so that the announcement counts for the party, and handled after it.
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!wasGone) starling.AnnounceGone(released.Task);
        starling.Release();
        released.SetResult();
    }

    /// <summary>Prevents further links, and closes the current connection.</summary>
    private void End(CloseInfo close)
    {
        Add(Ending.Closed);
        lock (this)
        {
            if (_arriving is not null)
            {
                _closeOnLink = close;
                return;
            }
        }
        starling.Session.Ledger.TryEnd(ifAway: false);
        if (!TryClose(close)) Forget();
    }

    /// <returns>The close that was requested meanwhile; null when there was none.</returns>
    private CloseInfo? EndArrival(WebSocketConnection connection)
    {
        lock (this)
        {
            if (_arriving == connection) Volatile.Write(ref _arriving, null);
            var close = _closeOnLink;
            _closeOnLink = null;
            return close;
        }
    }

    private bool Has(Ending ending)
    {
        lock (this) return (_ending & ending) != 0;
    }

    private void Add(Ending ending)
    {
        lock (this) _ending |= ending;
    }
}
