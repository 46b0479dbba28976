namespace HeliosStarling;

/// <summary>The recovery tokens that were made for a starling.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class IssuedTokens(Starling starling)
{
    // How long another try waits after a fresh token was asked for.
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(30);

    // A client gets a fresh one before half of the last one's time is over (docs/protocol.md section 7, "Token").
    private const double RefreshPart = 0.4;

    private long _goodUntil;
    private long _refreshAt;
    private IssuedToken? _newest;

    /// <summary>The last one that the client was sent, or is about to be; null before the first.</summary>
    public IssuedToken? Newest
    {
        get => Volatile.Read(ref _newest);
        set => Volatile.Write(ref _newest, value);
    }

    /// <summary>Whether there is one.</summary>
    public bool Exist => Volatile.Read(ref _goodUntil) != 0;

    /// <summary>How long the last of them is good.</summary>
    public TimeSpan Lifetime
    {
        get
        {
            var now = Now.UtcTicks;
            lock (this) return TimeSpan.FromTicks(Math.Max(0, _goodUntil - now));
        }
    }

    private DateTimeOffset Now => starling.Node.Engine.Time.GetUtcNow();

    /// <summary>A token was made.</summary>
    public async ValueTask OnIssuedAsync(RecoveryToken token)
    {
        var now = Now;
        lock (this) _goodUntil = Math.Max(_goodUntil, (now + token.ExpiresIn).UtcTicks);
        Volatile.Write(ref _refreshAt, (now + (token.ExpiresIn * RefreshPart)).UtcTicks);
        // The starling was closed for good, or has left, while this token was made.
        if (starling.Life.WhyRevoked is { } closing) await RevokeAsync(closing).ConfigureAwait(false);
    }

    /// <summary>The starling was remade from a token, and there may be other tokens.</summary>
    public void OnRemade()
    {
        var until = (Now + TokenOptions.MaxExpiresIn).UtcTicks;
        lock (this) _goodUntil = until;
    }

    /// <summary>Makes all of them bad.</summary>
    public ValueTask RevokeAsync(Closing closing) => Exist ? starling.Node.Tokens.RevokeAsync(starling.Id, Lifetime, closing) : default;

    /// <summary>Sends the client a fresh one if it is time. Called about twice a second.</summary>
    public void RefreshInTime()
    {
        var now = Now;
        if (Volatile.Read(ref _refreshAt) > now.UtcTicks) return;
        // Do not request another token until this one is issued.
        Volatile.Write(ref _refreshAt, (now + s_retryAfter).UtcTicks);
        _ = RefreshAsync(default);
    }

    /// <summary>Sends the client a fresh one; a fault is logged.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await starling.States.NotifyStateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            starling.Node.Engine.Logger.TokenFailed(starling.Id, exception.Message);
        }
    }
}
