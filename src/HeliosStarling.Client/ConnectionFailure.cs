namespace HeliosStarling;

/// <summary>
/// Describes why a client could not connect. It is the <see cref="HeliosException.Details"/> of <c>CONNECTION_REJECTED</c>, and part of
/// <see cref="ClientReconnecting"/> and <see cref="ClientClosed"/>.
/// </summary>
public sealed record ConnectionFailure
{
    /// <summary>The reason as a sentence: the innermost cause, or the message of the server.</summary>
    public required string Reason { get; init; }

    /// <summary>The HTTP status of the refusal, for example 401, 429 or 503; null when there was none.</summary>
    public int? Status { get; init; }

    /// <summary>
    /// The code of a close frame that came instead of the welcome or ended the connection, for example 1008. It is 1006 if an open
    /// connection just broke. Null if there was no connection.
    /// </summary>
    public int? CloseCode { get; init; }

    /// <summary>
    /// The error code, for example <c>AUTH_EXPIRED</c> or <c>CONNECTION_LIMIT</c>. It comes from the body of the refusal, or from the close
    /// reason if that is an error code. Close code 4029 gives <c>RATE_LIMIT_EXCEEDED</c>, and 1011 gives <c>INTERNAL_ERROR</c>. Null when
    /// there is none.
    /// </summary>
    public string? Code { get; init; }

    /// <summary>How long the server asks the client to wait before the next attempt; null when it does not ask.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Whether the server refuses this client: status 401 or 403, or close code 1008. Another attempt can only succeed with another ticket.
    /// </summary>
    public bool IsRefusal => Status is 401 or 403 || CloseCode == Protocol.CloseCode.Policy;
}
