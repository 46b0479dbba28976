namespace HeliosStarling;

/// <summary>A recovery token and the time when it was issued.</summary>
/// <param name="Token">The token.</param>
/// <param name="IssuedAt">The time when it was issued.</param>
internal sealed record IssuedToken(RecoveryToken Token, DateTimeOffset IssuedAt)
{
    /// <summary>The token with the lifetime that is left at this time.</summary>
    public RecoveryToken At(DateTimeOffset now)
    {
        var left = Token.ExpiresIn - (now - IssuedAt);
        return Token with { ExpiresIn = left < TimeSpan.Zero ? TimeSpan.Zero : left };
    }
}
