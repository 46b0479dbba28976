namespace HeliosStarling.Protocol;

/// <summary>The reasons why a protocol message is invalid, and how to answer it (docs/protocol.md section 4).</summary>
/// <remarks>
/// Immutable. <see cref="RequestIdText"/> and <see cref="AnsweredIdText"/> are valid only while the memory of the frame is valid.
/// </remarks>
public sealed class Violation
{
    /// <summary>
    /// The code to answer with: one of <see cref="ErrorCodes.ProtocolInvalidMessage"/>, <see cref="ErrorCodes.ProtocolViolation"/>,
    /// <see cref="ErrorCodes.MethodInvalidName"/>, <see cref="ErrorCodes.ProtocolVersionMismatch"/>.
    /// </summary>
    public required string Code { get; init; }

    /// <summary>A human-readable description.</summary>
    public required string Message { get; init; }

    /// <summary>All faults of the message, each as <c>field: fault</c>. Never empty.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>The version of the message, when its major version is not supported; otherwise null.</summary>
    public string? ReceivedVersion { get; init; }

    /// <summary>
    /// The request id of an invalid request, exactly as the sender wrote it, when it was readable. The request is then answered with a
    /// response. When this is empty, the answer is an error message.
    /// </summary>
    public ReadOnlyMemory<byte> RequestIdText { get; init; }

    /// <summary>
    /// The request id of an invalid response, or of an invalid notification that belongs to a request, when it was readable. That request
    /// must not wait for the message any longer. Empty for other messages.
    /// </summary>
    public ReadOnlyMemory<byte> AnsweredIdText { get; init; }

    /// <summary>Indicates whether the message has the type <c>response</c>.</summary>
    public bool IsResponse { get; init; }

    /// <summary>
    /// Indicates whether the message is answered. False for an invalid message of type <c>error</c>, so that two peers cannot send each
    /// other errors endlessly.
    /// </summary>
    public bool IsAnswered { get; init; } = true;

    /// <summary>
    /// Indicates whether the message has the type <c>ack</c> or <c>ping</c>. Its sender does not count such a message, even if it is
    /// invalid (docs/protocol.md section 7, rule 1).
    /// </summary>
    public bool IsAckOrPing { get; init; }
}
