namespace HeliosStarling.Protocol;

/// <summary>A valid protocol message as slices of the frame that held it; nothing is copied unless a name was escaped.</summary>
/// <remarks>
/// Valid as long as the frame's memory is. JSON slices are raw UTF-8 JSON; an empty slice means that the field was absent.
/// </remarks>
public readonly struct Message
{
    /// <summary>The kind of message; says which of the other members can be set.</summary>
    public MessageType Type { get; init; }

    /// <summary>When the sender made the message, in Unix milliseconds.</summary>
    public long Timestamp { get; init; }

    /// <summary>
    /// The <c>requestId</c>, or the <c>messageId</c> of an ack or ping; <see cref="Guid.Empty"/> with an empty <see cref="IdText"/> when
    /// absent.
    /// </summary>
    public Guid Id { get; init; }

    /// <summary>The id in the sender's own spelling, 36 ASCII bytes; empty when absent.</summary>
    public ReadOnlyMemory<byte> IdText { get; init; }

    /// <summary>The method of a request or the topic of a notification, unescaped ASCII; empty for a notification without topic.</summary>
    public ReadOnlyMemory<byte> Name { get; init; }

    /// <summary>
    /// Raw JSON: the <c>payload</c> of a request, the <c>data</c> of a response or notification, the <c>details</c> of a failed response
    /// or error.
    /// </summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Raw JSON of the <c>metadata</c> object.</summary>
    public ReadOnlyMemory<byte> Metadata { get; init; }

    /// <summary>Raw JSON of <c>peer</c>, <c>true</c> or an object; empty when absent, null or false (docs/protocol.md section 6).</summary>
    public ReadOnlyMemory<byte> Peer { get; init; }

    /// <summary>Whether a response reports success.</summary>
    public bool Success { get; init; }

    /// <summary>The code of a failed response or error; null otherwise.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>
    /// The message of a failed response or error, at most <see cref="ProtocolLimits.MaxErrorMessageLength"/> characters; null otherwise.
    /// </summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Whom an error message blames.</summary>
    public ErrorSeverity Severity { get; init; }

    /// <summary>How many counted messages an ack confirms; null when the ack has no <c>received</c>.</summary>
    public long? Received { get; init; }
}
