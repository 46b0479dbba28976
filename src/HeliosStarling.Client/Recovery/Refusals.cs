using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;

namespace HeliosStarling;

/// <summary>Reads what a server says that does not take a connection.</summary>
internal static class Refusals
{
    /// <summary>What the answer to an upgrade request says.</summary>
    /// <param name="socket">The WebSocket that did not open.</param>
    /// <param name="cause">What went wrong, when there was no answer.</param>
    /// <param name="time">The clock, for a date in <c>Retry-After</c>.</param>
    public static ConnectionFailure Of(ClientWebSocket socket, string cause, TimeProvider time)
    {
        var status = socket.HttpStatusCode;
        if (status is 0 or HttpStatusCode.SwitchingProtocols) return new ConnectionFailure { Reason = cause };
        return new ConnectionFailure
        {
            Reason = $"the server answered {(int)status} {status}",
            Status = (int)status,
            RetryAfter = socket.HttpResponseHeaders is { } headers ? RetryAfterOf(headers, time) : null,
        };
    }

    /// <summary>What a close frame in place of the welcome says.</summary>
    public static ConnectionFailure Of(CloseInfo close) => new()
    {
        CloseCode = close.Code,
        Reason = close.Reason.Length == 0 ? $"the server closed with {close.Code}" : $"the server closed with {close.Code}: {close.Reason}",
    };

    private static TimeSpan? RetryAfterOf(IReadOnlyDictionary<string, IEnumerable<string>> headers, TimeProvider time)
    {
        var text = headers.FirstOrDefault(static header => string.Equals(header.Key, "Retry-After", StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault();
        if (!RetryConditionHeaderValue.TryParse(text, out var value)) return null;
        var wait = value.Delta ?? (value.Date - time.GetUtcNow());
        return wait > TimeSpan.Zero ? wait : null;
    }
}
