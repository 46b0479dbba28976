namespace HeliosStarling.Protocol;

/// <summary>A valid protocol message. Its members are slices of the frame; only strings that contain escapes are copied.</summary>
/// <remarks>
/// Valid only while the memory of the frame is valid. JSON slices contain raw UTF-8 JSON. An empty slice means that the field is absent.
/// </remarks>
public readonly struct Message
{
    /// <summary>The type of the message. It determines which other members can be set.</summary>
    public MessageType Type { get; init; }

    /// <summary>The time at which the sender created the message, in Unix milliseconds.</summary>
    public long Timestamp { get; init; }

    /// <summary>
    /// The <c>requestId</c>, or the <c>messageId</c> of an ack or ping. When it is absent, this is <see cref="Guid.Empty"/> and
    /// <see cref="IdText"/> is empty.
    /// </summary>
    public Guid Id { get; init; }

    /// <summary>The id exactly as the sender wrote it, 36 ASCII bytes; empty when absent.</summary>
    public ReadOnlyMemory<byte> IdText { get; init; }

    /// <summary>
    /// The method of a request or the topic of a notification, in unescaped ASCII; empty for a notification without a topic.
    /// </summary>
    public ReadOnlyMemory<byte> Name { get; init; }

    /// <summary>
    /// Raw JSON: the <c>payload</c> of a request, the <c>data</c> of a response or notification, the <c>details</c> of a failed response
    /// or error.
    /// </summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Raw JSON of the <c>metadata</c> object.</summary>
    public ReadOnlyMemory<byte> Metadata { get; init; }

    /// <summary>Raw JSON of <c>peer</c>: <c>true</c> or an object. Empty when absent, null or false (docs/protocol.md section 6).</summary>
    public ReadOnlyMemory<byte> Peer { get; init; }

    /// <summary>Indicates whether a response reports success.</summary>
    public bool Success { get; init; }

    /// <summary>The code of a failed response or error; null otherwise.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>
    /// The message of a failed response or error, at most <see cref="ProtocolLimits.MaxErrorMessageLength"/> characters; null otherwise.
    /// </summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The severity of an error message.</summary>
    public ErrorSeverity Severity { get; init; }

    /// <summary>The number of counted messages that an ack confirms; null when the ack has no <c>received</c>.</summary>
    public long? Received { get; init; }
}
