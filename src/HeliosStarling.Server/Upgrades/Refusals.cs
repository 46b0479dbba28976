using System.Globalization;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The refusals of the server itself. Filters of the application create their own.</summary>
internal static class Refusals
{
    public static Refusal NotAnUpgrade { get; } =
        new(400, ErrorCodes.ConnectionRejected, "This address speaks WebSocket only: send a WebSocket upgrade request.");

    public static Refusal BadKey { get; } =
        new(400, ErrorCodes.ConnectionRejected, "Sec-WebSocket-Key must be 16 bytes in base64.");

    public static Refusal BadLimit { get; } =
        new(
            400,
            ErrorCodes.ConnectionRejected,
            "The query parameter limit must be the largest message that the client takes, a number of at least 65536 bytes.");

    public static Refusal HeadTooLarge { get; } =
        new(431, ErrorCodes.ConnectionRejected, "The request head is too large.");

    public static Refusal HttpVersion { get; } =
        new(505, ErrorCodes.ConnectionRejected, "This address speaks HTTP/1.1 only.");

    /// <summary>A filter neither called the next one nor refused the request.</summary>
    public static Refusal ByFilter { get; } =
        new(403, ErrorCodes.ConnectionRejected, "The upgrade was refused.");

    /// <summary>The endpoint requires a signed-in user, and the client sent no ticket.</summary>
    public static Refusal AuthRequired { get; } =
        new(401, ErrorCodes.AuthRequired, "Nobody is signed in: send an access token or a cookie that is valid here.");

    /// <summary>The client sent a ticket that the authentication schemes do not accept.</summary>
    public static Refusal AuthInvalid { get; } =
        new(401, ErrorCodes.AuthInvalidToken, "The access token or cookie is not valid here: it may be damaged, or issued by or for somebody else. The log of the server names the fault.");

    public static Refusal NotAllowed { get; } =
        new(403, ErrorCodes.MethodNotAllowed, "The user may not connect here.");

    public static Refusal AuthExpired { get; } =
        new(401, ErrorCodes.AuthExpired, "The authentication has expired: sign in again.");

    public static Refusal FilterFailed { get; } =
        new(500, ErrorCodes.InternalError, "The server failed to decide about the upgrade.");

    /// <summary>See RFC 6455 section 4.4. Over HTTP/1.1 RFC 9110 section 15.5.22 requires the Upgrade header.</summary>
    public static Refusal WebSocketVersion(bool isHttp2) => isHttp2
        ? new Refusal(426, ErrorCodes.ConnectionRejected, VersionMessage, ("Sec-WebSocket-Version", "13"))
        : new Refusal(426, ErrorCodes.ConnectionRejected, VersionMessage, ("Sec-WebSocket-Version", "13"), ("Upgrade", "websocket"));

    public static Refusal ConnectionLimit(TimeSpan retryAfter) =>
        new(503, ErrorCodes.ConnectionLimit, "The server has no room for another connection.", RetryAfter(retryAfter));

    /// <summary>The web server behind <c>MapHelios</c> has reached its own limit.</summary>
    public static Refusal WebServerLimit(TimeSpan retryAfter) =>
        new(503, ErrorCodes.ConnectionLimit, "The web server takes no further upgraded connection.", RetryAfter(retryAfter));

    public static Refusal AddressLimit(TimeSpan retryAfter) =>
        new(503, ErrorCodes.ConnectionLimit, "There are too many connections from this address.", RetryAfter(retryAfter));

    public static Refusal RateLimit(TimeSpan retryAfter) =>
        new(429, ErrorCodes.RateLimitExceeded, "Too many connection attempts.", RetryAfter(retryAfter));

    public static Refusal Draining(TimeSpan retryAfter) =>
        new(503, ErrorCodes.ConnectionRejected, "The server is shutting down.", RetryAfter(retryAfter));

    /// <summary>The host of the <c>Host</c> header is not allowed.</summary>
    public static Refusal ForbiddenHost(string? host)
    {
        var shown = ShownText.Of(host);
        return Warned($"The server may not be reached under host '{shown}'. If it is yours, add '{shown}' to AllowedHosts.");
    }

    /// <summary>The page belongs to another host than the server.</summary>
    /// <param name="origin">The <c>Origin</c> header.</param>
    /// <param name="host">The <c>Host</c> header.</param>
    /// <param name="forwardedHost">The <c>X-Forwarded-Host</c> header; null when there is none, or when it has been applied.</param>
    public static Refusal ForbiddenOrigin(string? origin, string? host, string? forwardedHost)
    {
        var (page, server) = (ShownText.Of(origin), ShownText.Of(host));
        var proxy = forwardedHost is null
            ? "If a proxy in front changes the Host header, let it pass the client's on."
            : $"A proxy names X-Forwarded-Host '{ShownText.Of(forwardedHost)}': let it pass the client's Host header on, or call UseForwardedHeaders with ForwardedHeaders.XForwardedHost and the proxy in KnownProxies.";
        return Warned(
            $"Pages of origin '{page}' may not connect to host '{server}'. If the page is yours, add '{page}' to AllowedOrigins. {proxy}");
    }

    /// <summary>
    /// The page has the host of the request, but the server listens on loopback addresses only and the host may be foreign.
    /// </summary>
    public static Refusal ForbiddenLoopbackOrigin(string? origin, string? host)
    {
        var (page, server) = (ShownText.Of(origin), ShownText.Of(host));
        return Warned($"Pages of origin '{page}' may not connect to host '{server}', because the server listens on loopback addresses only. If the host is yours, add '{server}' to AllowedHosts, or '{page}' to AllowedOrigins.");
    }

    public static Refusal BadHead(string message) => new(400, ErrorCodes.ConnectionRejected, message);

    private const string VersionMessage = "Sec-WebSocket-Version must be 13.";

    private static Refusal Warned(string message) => new(403, ErrorCodes.ConnectionRejected, message) { LogsWarning = true };

    private static (string Name, string Value) RetryAfter(TimeSpan time) =>
        ("Retry-After", Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture));
}
