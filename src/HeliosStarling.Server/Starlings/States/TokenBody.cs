namespace HeliosStarling;

/// <summary>A token on the wire: <c>{token, expiresIn}</c>, in seconds (docs/protocol.md section 5).</summary>
internal static class TokenBody
{
    public static ErrorDetails Of(RecoveryToken token) => new(("token", token.Token), ("expiresIn", (long)token.ExpiresIn.TotalSeconds));
}
