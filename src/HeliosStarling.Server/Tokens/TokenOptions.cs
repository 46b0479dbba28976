namespace HeliosStarling;

/// <summary>Options for a recovery token.</summary>
public sealed record TokenOptions
{
    internal static readonly TimeSpan MinExpiresIn = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan MaxExpiresIn = TimeSpan.FromDays(30);

    /// <summary>The lifetime of the token. Between 1 s and 30 days. Default <see cref="HeliosOptions.StateTokenTtl"/>.</summary>
    public TimeSpan? ExpiresIn { get; init; }

    /// <summary>
    /// Custom claims: any JSON-serializable values. The names of the token's own claims are reserved: <c>starlingId</c>, <c>timestamp</c>,
    /// <c>states</c>, <c>statesRef</c>, <c>iat</c>, <c>exp</c>, <c>nbf</c>, <c>jti</c>, <c>sub</c>, <c>iss</c>, <c>aud</c>. Default none.
    /// </summary>
    public IReadOnlyDictionary<string, object>? CustomClaims { get; init; }
}
