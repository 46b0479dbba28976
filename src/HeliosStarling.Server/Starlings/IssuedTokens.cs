namespace HeliosStarling;

/// <summary>The recovery tokens that were issued for a starling.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class IssuedTokens(Starling starling)
{
    // The delay before a new token is requested again, if the last request brought none.
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(30);

    // A client gets a new token before half of the lifetime of its last one is over (docs/protocol.md section 7, "Token").
    private const double RefreshPart = 0.4;

    private long _goodUntil;
    private long _refreshAt;
    private IssuedToken? _newest;

    /// <summary>The newest token that was sent to the client or is about to be; null before the first one.</summary>
    public IssuedToken? Newest
    {
        get => Volatile.Read(ref _newest);
        set => Volatile.Write(ref _newest, value);
    }

    /// <summary>Whether any token was issued.</summary>
    public bool HasAny => Volatile.Read(ref _goodUntil) != 0;

    /// <summary>The time until the last of the tokens expires.</summary>
    public TimeSpan Lifetime
    {
        get
        {
            var now = Now.UtcTicks;
            lock (this) return TimeSpan.FromTicks(Math.Max(0, _goodUntil - now));
        }
    }

    private DateTimeOffset Now => starling.Node.Engine.Time.GetUtcNow();

    /// <summary>Records a new token.</summary>
    public async ValueTask OnIssuedAsync(RecoveryToken token)
    {
        var now = Now;
        lock (this) _goodUntil = Math.Max(_goodUntil, (now + token.ExpiresIn).UtcTicks);
        Volatile.Write(ref _refreshAt, (now + (token.ExpiresIn * RefreshPart)).UtcTicks);
        // The starling was closed for good, or its client left, while this token was created.
        if (starling.Life.WhyRevoked is { } closing) await RevokeAsync(closing).ConfigureAwait(false);
    }

    /// <summary>Records that the starling was recreated from a token, and that other tokens of it may exist.</summary>
    public void OnRemade()
    {
        var until = (Now + TokenOptions.MaxExpiresIn).UtcTicks;
        lock (this) _goodUntil = until;
    }

    /// <summary>Revokes all tokens.</summary>
    public ValueTask RevokeAsync(Closing closing) => HasAny ? starling.Node.Tokens.RevokeAsync(starling.Id, Lifetime, closing) : default;

    /// <summary>Sends the client a new token if it is time. Called about twice a second.</summary>
    public void RefreshInTime()
    {
        var now = Now;
        if (Volatile.Read(ref _refreshAt) > now.UtcTicks) return;
        // Do not request another token until this one is issued.
        Volatile.Write(ref _refreshAt, (now + s_retryAfter).UtcTicks);
        _ = RefreshAsync(default);
    }

    /// <summary>Sends the client a new token. Faults are logged.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await starling.States.NotifyStateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (starling.Node.TokenWarnings.TryTake(out var unlogged))
                starling.Node.Engine.Logger.TokenFailed(starling.Id, exception.Message, unlogged);
        }
    }
}
