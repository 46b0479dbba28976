namespace HeliosStarling;

/// <summary>What an upgrade request says of recovery (PROTOCOL.md sections 1 and 7).</summary>
/// <param name="Token">The recovery token; null when there is none.</param>
/// <param name="Resumes">Whether messages are to be counted.</param>
/// <param name="Epoch">The epoch in which the client counted; null when it does not say.</param>
/// <param name="Received">What it counted; null when it does not say, or says no number.</param>
/// <param name="Attempt">Grows with each connection of the client; null when it does not say.</param>
/// <param name="IsAttemptMalformed">Whether it says something else than a number for it.</param>
/// <param name="IsStrict">Whether a refused recovery closes the connection.</param>
internal sealed record RecoveryRequest(string? Token, bool Resumes, string? Epoch, long? Received, long? Attempt, bool IsAttemptMalformed, bool IsStrict)
{
    /// <summary>A client that asks for nothing.</summary>
    public static readonly RecoveryRequest None = new(null, false, null, null, null, false, false);

    /// <summary>Reads the query of an upgrade request. Of a parameter that comes twice the first one counts.</summary>
    /// <param name="query">The query without its question mark.</param>
    /// <param name="token">The token, which was taken out of the request.</param>
    public static RecoveryRequest Parse(string query, string? token)
    {
        string? resume = null, epoch = null, received = null, attempt = null, strict = null;
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
                case "attempt":
                    attempt ??= value;
                    break;
                case "strict":
                    strict ??= value;
                    break;
            }
        }
        if (token is null && resume is null) return None;
        return new RecoveryRequest(token, resume == "1", epoch, Number(received), Number(attempt), attempt is not null && Number(attempt) is null, strict == "1");
    }

    private static long? Number(string? text) =>
        HttpSyntax.TryReadNumber(text, long.MaxValue, out var number) ? number : null;
}
