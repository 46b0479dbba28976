namespace HeliosStarling;

/// <summary>
/// The life of a starling: Arriving → Linked ⇄ Away, then Closed → Gone; a starling that was never linked, or whose time away is over, goes
/// straight to Gone. The session's <see cref="Ledger"/> decides, under its lock, whether a connection is linked; this class asks it.
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

        // Its tokens are not to be good any more.
        Revoked = 1,

        // No connection is to be linked any more.
        Closed = 2,

        // Its client has said goodbye.
        Left = 4,
    }

    /// <summary>Where the starling stands now.</summary>
    public StarlingStage Stage =>
        IsGone ? StarlingStage.Gone
        : IsClosed ? StarlingStage.Closed
        : starling.Session.Connection is not null ? StarlingStage.Linked
        : IsArriving ? StarlingStage.Arriving
        : StarlingStage.Away;

    /// <summary>Whether a connection has come in that is not linked yet: what is sent waits for it.</summary>
    public bool IsArriving => Volatile.Read(ref _arriving) is not null;

    /// <summary>Whether it is closed for good, has left or was given up: it is not held.</summary>
    public bool IsClosed => Has(Ending.Closed);

    /// <summary>Whether the server has forgotten it.</summary>
    public bool IsGone => Volatile.Read(ref _isGone);

    /// <summary>The connection that is linked, or else the one that has come in; null when there is none.</summary>
    public WebSocketConnection? Current => (WebSocketConnection?)starling.Session.Connection ?? Volatile.Read(ref _arriving);

    /// <summary>Cancelled when the server forgets it.</summary>
    public CancellationToken WhenGone
    {
        get { lock (this) return _isGone ? new CancellationToken(canceled: true) : (_gone ??= new CancellationTokenSource()).Token; }
    }

    /// <summary>Why a token that was made just now is bad already; null when it is good.</summary>
    public Closing? WhyRevoked => !Has(Ending.Revoked) ? null : Has(Ending.Left) ? Closing.ByGoodbye : Closing.ByApplication;

    /// <summary>A connection comes in.</summary>
    public void BeginLink(WebSocketConnection connection) => Volatile.Write(ref _arriving, connection);

    /// <summary>The connection that came in is linked: closes it if that was asked for meanwhile.</summary>
    public void EndLink(WebSocketConnection connection)
    {
        if (EndArrival(connection) is not { } close) return;
        if (IsClosed) starling.Session.Ledger.TryEnd(ifAway: false);
        connection.BeginClose(close.Code, close.Reason);
    }

    /// <summary>
    /// The connection for which it was made is not linked: forgets the starling, unless another connection was linked meanwhile.
    /// </summary>
    public void Withdraw(WebSocketConnection connection)
    {
        var close = EndArrival(connection);
        if (starling.Session.Ledger.TryWithdraw()) Forget();
        else if (close is not null && !TryClose(close) && IsClosed) Forget();
    }

    /// <summary>Closes its connection; it is held afterwards.</summary>
    /// <returns>False when it has none.</returns>
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

    /// <summary>Closes it for good. Its tokens are bad before its client hears of that.</summary>
    public async ValueTask CloseForGoodAsync(CloseInfo close)
    {
        Add(Ending.Revoked);
        await starling.Tokens.RevokeAsync(Closing.ByApplication).ConfigureAwait(false);
        End(close);
    }

    /// <summary>
    /// Its client has said goodbye on a connection: ends as if closed for good (docs/protocol.md section 7, "Goodbye"), and answers the
    /// close frame.
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
            // The application hears of it when the client does not wait for that any more.
            _ = Task.Run(() => session.Report(kept));
        }
    }

    /// <summary>It does not take its answers: ends as if its time were over (docs/protocol.md section 7, rule 6).</summary>
    public void GiveUp(CloseInfo close) => End(close);

    /// <summary>Its time is over: forgets it, unless it has come back.</summary>
    public void Expire()
    {
        if (starling.Session.Ledger.TryEnd(ifAway: true)) Forget();
    }

    /// <summary>Forgets the starling: its groups, requests and outbox.</summary>
    public void Forget()
    {
        bool wasGone;
        lock (this)
        {
            wasGone = _isGone;
            Volatile.Write(ref _isGone, true);
        }
        // Callbacks of the token are application code: they run on the pool.
        _ = _gone?.CancelAsync();
        starling.Release();
        if (!wasGone) _ = starling.AnnounceGoneAsync();
    }

    /// <summary>Lets no connection link any more, and closes the one there is.</summary>
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

    /// <returns>How it is to be closed now, if that was asked for meanwhile.</returns>
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
