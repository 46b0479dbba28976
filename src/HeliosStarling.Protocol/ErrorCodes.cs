namespace HeliosStarling.Protocol;

/// <summary>The standard error codes (docs/protocol.md section 4).</summary>
public static class ErrorCodes
{
    /// <summary>The message's major version is not supported; details <c>{supported, received}</c>.</summary>
    public const string ProtocolVersionMismatch = "PROTOCOL_VERSION_MISMATCH";

    /// <summary>A request has invalid fields; details <c>{violations}</c>.</summary>
    public const string ProtocolInvalidMessage = "PROTOCOL_INVALID_MESSAGE";

    /// <summary>Any other invalid protocol message; details <c>{violations}</c>.</summary>
    public const string ProtocolViolation = "PROTOCOL_VIOLATION";

    /// <summary>The method's name is malformed.</summary>
    public const string MethodInvalidName = "METHOD_INVALID_NAME";

    /// <summary>The method does not exist; details <c>{method}</c>.</summary>
    public const string MethodNotFound = "METHOD_NOT_FOUND";

    /// <summary>The handler failed.</summary>
    public const string MethodError = "METHOD_ERROR";

    /// <summary>The caller may not run the method.</summary>
    public const string MethodNotAllowed = "METHOD_NOT_ALLOWED";

    /// <summary>The handler ran past its time limit; details <c>{timeout}</c> in milliseconds.</summary>
    public const string RequestTimeout = "REQUEST_TIMEOUT";

    /// <summary>The caller cancelled the request; details <c>{reason}</c>.</summary>
    public const string RequestCancelled = "REQUEST_CANCELLED";

    /// <summary>The request id is already in flight; details <c>{requestId}</c>.</summary>
    public const string RequestDuplicate = "REQUEST_DUPLICATE";

    /// <summary>Too many requests are open.</summary>
    public const string RequestQueueFull = "REQUEST_QUEUE_FULL";

    /// <summary>The message exceeds the size limit; details <c>{size, limit}</c>.</summary>
    public const string RequestPayloadTooLarge = "REQUEST_PAYLOAD_TOO_LARGE";

    /// <summary>The payload does not match what the method expects; details <c>{errors:[{path, message}]}</c>.</summary>
    public const string ValidationError = "VALIDATION_ERROR";

    /// <summary>The answer, or an item of a streamed answer, cannot be read as the type that the caller expects.</summary>
    public const string ResponseUnreadable = "RESPONSE_UNREADABLE";

    /// <summary>The connection ended before the answer came.</summary>
    public const string ConnectionClosed = "CONNECTION_CLOSED";

    /// <summary>The server has reached its connection limit; details <c>{limit}</c>.</summary>
    public const string ConnectionLimit = "CONNECTION_LIMIT";

    /// <summary>The server refused the connection.</summary>
    public const string ConnectionRejected = "CONNECTION_REJECTED";

    /// <summary>The recovery token is not valid.</summary>
    public const string StateTokenInvalid = "STATE_TOKEN_INVALID";

    /// <summary>The recovery token has expired; details <c>{expiredAt}</c>.</summary>
    public const string StateTokenExpired = "STATE_TOKEN_EXPIRED";

    /// <summary>The state could not be recovered.</summary>
    public const string StateRecoveryFailed = "STATE_RECOVERY_FAILED";

    /// <summary>The state is not in the store.</summary>
    public const string StateNotFound = "STATE_NOT_FOUND";

    /// <summary>The state cannot be read.</summary>
    public const string StateCorrupted = "STATE_CORRUPTED";

    /// <summary>The caller is not signed in.</summary>
    public const string AuthRequired = "AUTH_REQUIRED";

    /// <summary>Signing in failed.</summary>
    public const string AuthFailed = "AUTH_FAILED";

    /// <summary>The caller's ticket has expired.</summary>
    public const string AuthExpired = "AUTH_EXPIRED";

    /// <summary>The caller's token is not valid.</summary>
    public const string AuthInvalidToken = "AUTH_INVALID_TOKEN";

    /// <summary>The caller does not have a required scope; details <c>{required, provided}</c>.</summary>
    public const string AuthInsufficientScope = "AUTH_INSUFFICIENT_SCOPE";

    /// <summary>The caller sent too many messages; details <c>{limit, reset}</c>.</summary>
    public const string RateLimitExceeded = "RATE_LIMIT_EXCEEDED";

    /// <summary>The caller's quota is used up.</summary>
    public const string RateQuotaExceeded = "RATE_QUOTA_EXCEEDED";

    /// <summary>The server does not forward messages to other clients.</summary>
    public const string ProxyForbidden = "PROXY_FORBIDDEN";

    /// <summary>The other client did not answer in time.</summary>
    public const string ProxyTimeout = "PROXY_TIMEOUT";

    /// <summary>The message could not be forwarded.</summary>
    public const string ProxyError = "PROXY_ERROR";

    /// <summary>The side that reports the error failed.</summary>
    public const string InternalError = "INTERNAL_ERROR";

    /// <summary>
    /// Determines whether <paramref name="code"/> is UPPER_SNAKE_CASE, ASCII, 1 to 63 characters: <c>^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$</c>.
    /// </summary>
    public static bool IsValid(string? code)
    {
        if (code is null or { Length: 0 or > ProtocolLimits.MaxErrorCodeLength } || !char.IsAsciiLetterUpper(code[0])) return false;
        var last = '_';
        foreach (var c in code)
        {
            if (!char.IsAsciiLetterUpper(c) && !char.IsAsciiDigit(c) && (c != '_' || last == '_')) return false;
            last = c;
        }

        return last != '_';
    }
}
