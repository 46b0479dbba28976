using System.Globalization;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The refusals of the server itself; an application's filters make their own.</summary>
internal static class Refusals
{
    public static Refusal NotAnUpgrade { get; } =
        new(400, ErrorCodes.ConnectionRejected, "This address speaks WebSocket only: send a WebSocket upgrade request.");

    public static Refusal BadKey { get; } =
        new(400, ErrorCodes.ConnectionRejected, "Sec-WebSocket-Key must be 16 bytes in base64.");

    public static Refusal BadLimit { get; } =
        new(400, ErrorCodes.ConnectionRejected, "The query parameter limit must be the largest message that the client takes, a number of at least 65536 bytes.");

    public static Refusal HeadTooLarge { get; } =
        new(431, ErrorCodes.ConnectionRejected, "The request head is too large.");

    public static Refusal HttpVersion { get; } =
        new(505, ErrorCodes.ConnectionRejected, "This address speaks HTTP/1.1 only.");

    public static Refusal ForbiddenHost { get; } =
        new(403, ErrorCodes.ConnectionRejected, "The server is not reached under this host: add it to AllowedHosts.");

    public static Refusal ForbiddenOrigin { get; } =
        new(403, ErrorCodes.ConnectionRejected, "Pages of this origin may not connect: add it to AllowedOrigins.");

    /// <summary>A filter neither let the request pass nor said why.</summary>
    public static Refusal ByFilter { get; } =
        new(403, ErrorCodes.ConnectionRejected, "The upgrade was refused.");

    /// <summary>The endpoint demands more than the client shows.</summary>
    public static Refusal AuthRequired { get; } =
        new(401, ErrorCodes.AuthRequired, "Nobody is signed in: send an access token or a cookie that is valid here.");

    public static Refusal NotAllowed { get; } =
        new(403, ErrorCodes.MethodNotAllowed, "The user may not connect here.");

    public static Refusal AuthExpired { get; } =
        new(401, ErrorCodes.AuthExpired, "The authentication has expired: sign in again.");

    public static Refusal FilterFailed { get; } =
        new(500, ErrorCodes.InternalError, "The server failed to decide about the upgrade.");

    /// <summary>RFC 6455 section 4.4; over HTTP/1.1 also the header that RFC 9110 section 15.5.22 asks for.</summary>
    public static Refusal WebSocketVersion(bool isHttp2) => isHttp2
        ? new Refusal(426, ErrorCodes.ConnectionRejected, VersionMessage, ("Sec-WebSocket-Version", "13"))
        : new Refusal(426, ErrorCodes.ConnectionRejected, VersionMessage, ("Sec-WebSocket-Version", "13"), ("Upgrade", "websocket"));

    public static Refusal ConnectionLimit(TimeSpan retryAfter) =>
        new(503, ErrorCodes.ConnectionLimit, "The server has no room for another connection.", RetryAfter(retryAfter));

    public static Refusal AddressLimit(TimeSpan retryAfter) =>
        new(503, ErrorCodes.ConnectionLimit, "There are too many connections from this address.", RetryAfter(retryAfter));

    public static Refusal RateLimit(TimeSpan retryAfter) =>
        new(429, ErrorCodes.RateLimitExceeded, "Too many connection attempts.", RetryAfter(retryAfter));

    public static Refusal Draining(TimeSpan retryAfter) =>
        new(503, ErrorCodes.ConnectionRejected, "The server is shutting down.", RetryAfter(retryAfter));

    public static Refusal BadHead(string message) => new(400, ErrorCodes.ConnectionRejected, message);

    private const string VersionMessage = "Sec-WebSocket-Version must be 13.";

    private static (string Name, string Value) RetryAfter(TimeSpan time) =>
        ("Retry-After", Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture));
}
