using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Reads the HTTP answer of a server that refuses a connection (docs/protocol.md section 1).</summary>
internal static class RefusalReader
{
    private const int MaxBody = 16 * 1024;
    private const int MaxMessage = 500;
    // The status is known already, so do not wait long for the body.
    private static readonly TimeSpan s_bodyTime = TimeSpan.FromSeconds(2);

    /// <summary>Reads the refusal.</summary>
    public static async Task<ConnectionFailure> ReadAsync(
        HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var (code, message) = await ReadErrorAsync(response.Content, time, cancellationToken).ConfigureAwait(false);
        var status = (int)response.StatusCode;
        var reason = $"the server answered {status} {PhraseOf(response.StatusCode)}".TrimEnd();
        if (code is not null) reason += $" ({code})";
        if (message is not null) reason += $": {message}";
        if (code is null && IsOfOther(status))
            reason += ". Nothing speaks WebSocket there. Check the path of the address: it must be one that the server maps with MapHelios";
        return new ConnectionFailure
        {
            Reason = reason,
            Status = status,
            Code = code,
            RetryAfter = WaitOf(response.Headers.RetryAfter, time),
        };
    }

    /// <summary>Returns a text that is an error code; null for any other text.</summary>
    public static string? CodeOf(string? text) => ErrorCodes.IsValid(text) ? text : null;

    // The answers of an address that serves something else: a page, a redirect, nothing, or methods other than GET.
    private static bool IsOfOther(int status) => status is (>= 200 and < 400) or 404 or 405 or 501;

    // Use the standard phrase, because a server can send any text as its phrase.
    private static string? PhraseOf(HttpStatusCode status)
    {
        using var standard = new HttpResponseMessage(status);
        return standard.ReasonPhrase;
    }

    private static async Task<(string? Code, string? Message)> ReadErrorAsync(
        HttpContent content, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(s_bodyTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var body = new byte[MaxBody];
            var stream = await content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                var length = await stream.ReadAtLeastAsync(body, MaxBody, throwOnEndOfStream: false, either.Token).ConfigureAwait(false);
                return length < MaxBody ? Parse(body.AsMemory(0, length)) : default;
            }
        }
        catch (Exception exception) when (exception is JsonException or IOException or HttpRequestException or OperationCanceledException)
        {
            // The body is a proxy's page or incomplete. The status is enough.
            return default;
        }
    }

    private static (string? Code, string? Message) Parse(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty) return default;
        using var json = JsonDocument.Parse(body);
        if (json.RootElement.ValueKind != JsonValueKind.Object
            || !json.RootElement.TryGetProperty("error", out var error)
            || error.ValueKind != JsonValueKind.Object) return default;
        return (CodeOf(Text(error, "code")), Text(error, "message") is { Length: > 0 } message ? Tidy(message) : null);
    }

    private static string? Text(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // The message appears in logs and exceptions of this program.
    private static string Tidy(string message) =>
        string.Concat(message.Take(MaxMessage).Select(static character => char.IsControl(character) ? ' ' : character));

    private static TimeSpan? WaitOf(RetryConditionHeaderValue? value, TimeProvider time)
    {
        var wait = value?.Delta ?? (value?.Date - time.GetUtcNow());
        return wait > TimeSpan.Zero ? wait : null;
    }
}
