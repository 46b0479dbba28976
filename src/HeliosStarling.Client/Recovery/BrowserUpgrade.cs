namespace HeliosStarling;

/// <summary>Connects in a browser, which cannot set headers on a WebSocket and does not report why a connection failed.</summary>
internal static class BrowserUpgrade
{
    // A refusal that takes longer is not worth the wait.
    private static readonly TimeSpan s_askTime = TimeSpan.FromSeconds(5);

    /// <summary>Adds the ticket to the address (docs/protocol.md section 1).</summary>
    public static Uri Target(Uri target, string? ticket) =>
        ticket is null ? target : UriQuery.Append(target, $"access_token={Uri.EscapeDataString(ticket)}");

    /// <summary>Sends a plain GET, which the server refuses with the same response as the upgrade.</summary>
    /// <returns>The refusal; null when there is no answer, or none that refuses.</returns>
    public static async Task<ConnectionFailure?> AskAsync(
        Uri target, string? ticket, TimeProvider time, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        using var deadline = new CancellationTokenSource(s_askTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var address = new UriBuilder(Target(target, ticket))
            {
                Scheme = target.Scheme == "wss" ? "https" : "http",
                Port = target.IsDefaultPort ? -1 : target.Port,
            }.Uri;
            using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, either.Token)
                .ConfigureAwait(false);
            // 400 and 426 are the responses to a GET without an upgrade. They are no refusal.
            return (int)response.StatusCode is >= 400 and not (400 or 426)
                ? await RefusalReader.ReadAsync(response, time, either.Token).ConfigureAwait(false)
                : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }
}
