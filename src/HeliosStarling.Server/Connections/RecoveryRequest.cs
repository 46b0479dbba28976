namespace HeliosStarling;

/// <summary>The recovery parameters of an upgrade request (docs/protocol.md sections 1 and 7).</summary>
/// <param name="Token">The recovery token; null when there is none.</param>
/// <param name="Resumes">Whether the client asks for resume, so that messages are counted.</param>
/// <param name="Epoch">The epoch of the client's count; null when absent.</param>
/// <param name="Received">The number of messages that the client has counted; null when absent or not a number.</param>
/// <param name="Instance">Identifies the client object and its life; null when absent.</param>
/// <param name="Attempt">The number of the attempt of that instance, from 1; 0 when absent.</param>
/// <param name="IsMalformed">Whether instance or attempt is malformed.</param>
/// <param name="IsStrict">Whether a refused recovery closes the connection.</param>
internal sealed record RecoveryRequest(
    string? Token, bool Resumes, string? Epoch, long? Received, string? Instance, long Attempt, bool IsMalformed, bool IsStrict)
{
    private const int MaxInstanceLength = 32;

    /// <summary>A request without any recovery parameter.</summary>
    public static readonly RecoveryRequest None = new(null, false, null, null, null, 0, false, false);

    /// <summary>Parses the query of an upgrade request. The first one of repeated parameters counts.</summary>
    /// <param name="query">The query without its question mark.</param>
    /// <param name="token">The recovery token, which has been removed from the request.</param>
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
        // No epoch of a server is longer, and the text is kept as long as the connection is being announced.
        if (epoch?.Length > MaxInstanceLength) epoch = "";
        // An attempt without an instance is ignored.
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
