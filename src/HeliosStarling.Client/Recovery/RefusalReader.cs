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
    // The status is known by then: a body that does not come is not waited for.
    private static readonly TimeSpan s_bodyTime = TimeSpan.FromSeconds(2);

    /// <summary>What the answer says.</summary>
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

    /// <summary>A text when it is an error code; else null.</summary>
    public static string? CodeOf(string? text) => ErrorCodes.IsValid(text) ? text : null;

    // What an address answers that serves something else: a page or a redirect to one, nothing, or another method than GET.
    private static bool IsOfOther(int status) => status is (>= 200 and < 400) or 404 or 405 or 501;

    // The standard's words and not the answer's: a server may write anything there.
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
            // A proxy's page, or half an answer: the status says enough.
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

    // It stands in logs and exceptions of this program.
    private static string Tidy(string message) =>
        string.Concat(message.Take(MaxMessage).Select(static character => char.IsControl(character) ? ' ' : character));

    private static TimeSpan? WaitOf(RetryConditionHeaderValue? value, TimeProvider time)
    {
        var wait = value?.Delta ?? (value?.Date - time.GetUtcNow());
        return wait > TimeSpan.Zero ? wait : null;
    }
}
