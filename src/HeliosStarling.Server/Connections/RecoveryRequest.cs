namespace HeliosStarling;

/// <summary>What an upgrade request says of recovery (docs/protocol.md sections 1 and 7).</summary>
/// <param name="Token">The recovery token; null when there is none.</param>
/// <param name="Resumes">Whether messages are to be counted.</param>
/// <param name="Epoch">The epoch in which the client counted; null when it does not say.</param>
/// <param name="Received">What it counted; null when it does not say, or says no number.</param>
/// <param name="Instance">Which client object and life of it connects; null when it does not say.</param>
/// <param name="Attempt">How often that instance has tried, from 1; 0 when it does not say.</param>
/// <param name="IsMalformed">Whether instance or attempt are none.</param>
/// <param name="IsStrict">Whether a refused recovery closes the connection.</param>
internal sealed record RecoveryRequest(
    string? Token, bool Resumes, string? Epoch, long? Received, string? Instance, long Attempt, bool IsMalformed, bool IsStrict)
{
    private const int MaxInstanceLength = 32;

    /// <summary>A client that asks for nothing.</summary>
    public static readonly RecoveryRequest None = new(null, false, null, null, null, 0, false, false);

    /// <summary>Reads the query of an upgrade request. Of a parameter that comes twice the first one counts.</summary>
    /// <param name="query">The query without its question mark.</param>
    /// <param name="token">The token, which was taken out of the request.</param>
    public static RecoveryRequest Parse(string query, string? token)
    {
        string? resume = null, epoch = null, received = null, instance = null, attempt = null, strict = null;
        foreach (var (name, value) in QueryText.Read(query))
        {
            switch (name)
            {
                case "resume":
                    resume ??= value;
                    break;
                case "epoch":
                    epoch ??= value;
                    break;
                case "received":
                    received ??= value;
                    break;
                case "instance":
                    instance ??= value;
                    break;
                case "attempt":
                    attempt ??= value;
                    break;
                case "strict":
                    strict ??= value;
                    break;
            }
        }
        if (token is null && resume is null) return None;
        // Alone, an attempt counts for nothing.
        var isMalformed = instance is not null && !(IsInstance(instance) && Number(attempt) is > 0);
        if (instance is null || isMalformed) (instance, attempt) = (null, null);
        return new RecoveryRequest(
            token, resume == "1", epoch, Number(received), instance, Number(attempt) ?? 0, isMalformed, strict == "1");
    }

    private static bool IsInstance(string text) =>
        text.Length is > 0 and <= MaxInstanceLength
        && text.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');

    private static long? Number(string? text) =>
        HttpSyntax.TryReadNumber(text, long.MaxValue, out var number) ? number : null;
}
