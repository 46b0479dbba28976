using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>How a starling ends.</content>
public sealed partial class Starling
{
    /// <summary>
    /// Closes the connection, behind all that is queued. With 4002, the default, the starling is gone for good; with another code it is
    /// held as after any disconnect.
    /// </summary>
    /// <param name="code">1000, 1001, 1008, 1011 or 3000 to 4999. Default 4002.</param>
    /// <param name="reason">At most 123 bytes as UTF-8; longer ones are cut. Default none.</param>
    /// <returns>Completes when the closing has begun; <c>starling:disconnected</c> follows when the connection has ended.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The code may not be sent.</exception>
    public async ValueTask CloseAsync(int code = CloseCode.ClosedForGood, string? reason = null)
    {
        if (code is not (1000 or 1001 or 1008 or 1011 or (>= 3000 and <= 4999)))
            throw new ArgumentOutOfRangeException(nameof(code), code, "Close with 1000, 1001, 1008, 1011 or 3000 to 4999.");
        var close = new CloseInfo(code, reason ?? "");
        if (code != CloseCode.ClosedForGood)
        {
            TryClose(close);
            return;
        }
        // Its tokens are bad before it hears of that.
        Volatile.Write(ref _isRevoked, true);
        if (HasToken) await Helios.Tokens.RevokeAsync(Id, TokenLifetime).ConfigureAwait(false);
        End(close);
    }

    /// <summary>
    /// Its client has said goodbye on a connection: ends as if closed for good (docs/protocol.md section 7, "Goodbye"), and answers the close frame.
    /// </summary>
    internal async Task LeaveAsync(WebSocketConnection connection)
    {
        Volatile.Write(ref _hasLeft, true);
        Volatile.Write(ref _isRevoked, true);
        Volatile.Write(ref _isClosedForGood, true);
        try
        {
            if (HasToken) await Helios.Tokens.RevokeAsync(Id, TokenLifetime, Closing.ByGoodbye).ConfigureAwait(false);
        }
        finally
        {
            var kept = Session.TakeKept();
            Session.FailOpen();
            connection.FinishClose();
            // The application hears of it when the client does not wait for that any more.
            _ = Task.Run(() => Session.Report(kept));
        }
    }

    /// <summary>It does not take its answers: ends as if its time were over (docs/protocol.md section 7, rule 6).</summary>
    internal void GiveUp() => End(new CloseInfo(CloseCode.TooSlow, "outbox overflow"));

    /// <summary>Its time is over: forgets it, unless it has come back.</summary>
    internal void Expire()
    {
        if (Session.Ledger.TryEnd(ifAway: true)) Remove();
    }

    /// <summary>Forgets the starling: its groups, requests and outbox.</summary>
    internal void Remove()
    {
        LeaveGroups();
        // Callbacks of the token are application code: they run on the pool.
        _ = _gone?.CancelAsync();
        Data.Release();
        Helios.Connections.Held.Release(this);
        Helios.Starlings.Remove(this);
        Session.Close();
        CountNoMore();
    }

    /// <summary>Lets no connection link any more, and closes the one there is.</summary>
    private void End(CloseInfo close)
    {
        Volatile.Write(ref _isClosedForGood, true);
        lock (_lock)
        {
            if (_arriving is not null)
            {
                _closeOnLink = close;
                return;
            }
        }
        Session.Ledger.TryEnd(ifAway: false);
        if (!TryClose(close)) Remove();
    }
}
