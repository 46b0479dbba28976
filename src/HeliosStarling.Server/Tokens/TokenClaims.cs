namespace HeliosStarling;

/// <summary>The names of a token's reserved claims (docs/protocol.md section 7).</summary>
internal static class TokenClaims
{
    public const string StarlingId = "starlingId";
    public const string Timestamp = "timestamp";
    public const string States = "states";

    /// <summary>The key in the state store of states that do not fit into the token.</summary>
    public const string StatesRef = "statesRef";

    public const string IssuedAt = "iat";
    public const string NotBefore = "nbf";
    public const string Expires = "exp";
    public const string Id = "jti";
    public const string Subject = "sub";

    private static readonly HashSet<string> s_reserved =
        new(StringComparer.Ordinal) { StarlingId, Timestamp, States, StatesRef, IssuedAt, NotBefore, Expires, Id, Subject, "iss", "aud" };

    public static bool IsReserved(string name) => s_reserved.Contains(name);
}
