namespace HeliosStarling;

/// <summary>What lets a client come back as the starling that it was.</summary>
/// <param name="Token">The token, a secret of its client: not to be logged.</param>
/// <param name="ExpiresIn">How long it is good for.</param>
public sealed record RecoveryToken(string Token, TimeSpan ExpiresIn)
{
    /// <summary>How long it is good for, and nothing else.</summary>
    public override string ToString() => $"a token for {ExpiresIn}";
}
