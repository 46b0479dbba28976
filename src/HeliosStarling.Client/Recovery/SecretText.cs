namespace HeliosStarling;

/// <summary>Keeps tokens and tickets out of messages.</summary>
internal static class SecretText
{
    /// <summary>Whether a secret can be sent in a header or a list of subprotocols without escapes.</summary>
    public static bool IsSendable(string secret) => secret.All(static character => character is > ' ' and < '\x7f' and not ',');

    /// <summary>Removes secrets from a text of another party, which may repeat them.</summary>
    public static string Hide(string text, params ReadOnlySpan<string?> secrets)
    {
        foreach (var secret in secrets)
        {
            if (!string.IsNullOrEmpty(secret)) text = text.Replace(secret, "***", StringComparison.Ordinal);
        }
        return text;
    }
}
