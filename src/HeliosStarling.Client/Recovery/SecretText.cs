namespace HeliosStarling;

/// <summary>Tokens and tickets, which no message may repeat.</summary>
internal static class SecretText
{
    /// <summary>Whether a text may stand in a header, or in a list of subprotocols, as it is.</summary>
    public static bool IsSendable(string secret) => secret.All(static character => character is > ' ' and < '\x7f' and not ',');

    /// <summary>A text of somebody else without the secrets that it may repeat.</summary>
    public static string Hide(string text, params ReadOnlySpan<string?> secrets)
    {
        foreach (var secret in secrets)
        {
            if (!string.IsNullOrEmpty(secret)) text = text.Replace(secret, "***", StringComparison.Ordinal);
        }
        return text;
    }
}
