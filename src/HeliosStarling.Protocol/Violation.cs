namespace HeliosStarling.Protocol;

/// <summary>Why a protocol message is invalid, and what to answer (docs/protocol.md section 4).</summary>
/// <remarks>Immutable; <see cref="RequestIdText"/> is valid as long as the frame's memory is.</remarks>
public sealed class Violation
{
    /// <summary>
    /// The code to answer with: one of <see cref="ErrorCodes.ProtocolInvalidMessage"/>, <see cref="ErrorCodes.ProtocolViolation"/>,
    /// <see cref="ErrorCodes.MethodInvalidName"/>, <see cref="ErrorCodes.ProtocolVersionMismatch"/>.
    /// </summary>
    public required string Code { get; init; }

    /// <summary>A sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>Every fault of the message, each as <c>field: fault</c>; never empty.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>The version that the message claimed, when its major is not supported; null otherwise.</summary>
    public string? ReceivedVersion { get; init; }

    /// <summary>
    /// The readable request id of an invalid request, in the sender's own spelling: it is answered with a response. Empty: it is answered
    /// with an error message.
    /// </summary>
    public ReadOnlyMemory<byte> RequestIdText { get; init; }

    /// <summary>
    /// The readable request id of an invalid response, or of an invalid notification that is tied to a request: the request that it was
    /// about must not wait for it any longer. Empty for other messages.
    /// </summary>
    public ReadOnlyMemory<byte> AnsweredIdText { get; init; }

    /// <summary>Whether the message says of itself that it is a response.</summary>
    public bool IsResponse { get; init; }

    /// <summary>
    /// False for an invalid message of type <c>error</c>, which is never answered, so that two peers can't echo errors at each other.
    /// </summary>
    public bool IsAnswered { get; init; } = true;

    /// <summary>
    /// Whether the message says of itself that it is an ack or a ping. Its sender then does not count it, whatever else is wrong with it
    /// (docs/protocol.md section 7, rule 1).
    /// </summary>
    public bool IsAckOrPing { get; init; }
}
