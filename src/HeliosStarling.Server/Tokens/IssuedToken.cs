namespace HeliosStarling;

/// <summary>A recovery token and when it was made.</summary>
/// <param name="Token">The token.</param>
/// <param name="IssuedAt">Until when it is good follows from this.</param>
internal sealed record IssuedToken(RecoveryToken Token, DateTimeOffset IssuedAt)
{
    /// <summary>The token as it stands at this time: good for less long.</summary>
    public RecoveryToken At(DateTimeOffset now)
    {
        var left = Token.ExpiresIn - (now - IssuedAt);
        return Token with { ExpiresIn = left < TimeSpan.Zero ? TimeSpan.Zero : left };
    }
}
