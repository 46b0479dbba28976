namespace HeliosStarling;

/// <summary>A recovery token. A client that presents it gets its starling back.</summary>
/// <param name="Token">The token. It is the client's secret and must not be logged.</param>
/// <param name="ExpiresIn">The lifetime of the token.</param>
public sealed record RecoveryToken(string Token, TimeSpan ExpiresIn)
{
    /// <summary>Describes the lifetime of the token, but not the token.</summary>
    public override string ToString() => $"a token for {ExpiresIn}";
}
