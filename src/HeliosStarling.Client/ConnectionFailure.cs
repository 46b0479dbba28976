namespace HeliosStarling;

/// <summary>
/// Why a client could not connect: the <see cref="HeliosException.Details"/> of <c>CONNECTION_REJECTED</c>, and part of
/// <see cref="ClientReconnecting"/> and <see cref="ClientClosed"/>.
/// </summary>
public sealed record ConnectionFailure
{
    /// <summary>What went wrong, in a sentence: the innermost cause, or what the server says.</summary>
    public required string Reason { get; init; }

    /// <summary>The HTTP status with which the server refused, such as 401, 429 or 503; null when it gave none.</summary>
    public int? Status { get; init; }

    /// <summary>
    /// The close code that came in place of the welcome, or ended the connection, such as 1008; 1006 when the connection just broke, and
    /// null when there was none yet.
    /// </summary>
    public int? CloseCode { get; init; }

    /// <summary>
    /// The error code, such as <c>AUTH_EXPIRED</c> or <c>CONNECTION_LIMIT</c>: that of the refusal's body, or the reason of the close frame
    /// when it is an error code; <c>RATE_LIMIT_EXCEEDED</c> for close code 4029, and <c>INTERNAL_ERROR</c> for 1011. Null when there is
    /// none.
    /// </summary>
    public string? Code { get; init; }

    /// <summary>How long the server asks the client to wait before its next try; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Whether the server does not let this client in as it is: status 401 or 403, or close code 1008. Another ticket may help; the same
    /// try again does not.
    /// </summary>
    public bool IsRefusal => Status is 401 or 403 || CloseCode == Protocol.CloseCode.Policy;
}
