namespace HeliosStarling.Protocol;

/// <summary>
/// A message while it is being read. Its fields are set in place, because copying a <see cref="Message"/> at each step costs measurable
/// time.
/// </summary>
internal struct MessageDraft
{
    public MessageType Type;
    public long Timestamp;
    public Guid Id;
    public ReadOnlyMemory<byte> IdText;
    public ReadOnlyMemory<byte> Name;
    public ReadOnlyMemory<byte> Data;
    public ReadOnlyMemory<byte> Metadata;
    public ReadOnlyMemory<byte> Peer;
    public bool Success;
    public string? ErrorCode;
    public string? ErrorMessage;
    public ErrorSeverity Severity;
    public long? Received;

    public readonly Message ToMessage() => new()
    {
        Type = Type,
        Timestamp = Timestamp,
        Id = Id,
        IdText = IdText,
        Name = Name,
        Data = Data,
        Metadata = Metadata,
        Peer = Peer,
        Success = Success,
        ErrorCode = ErrorCode,
        ErrorMessage = ErrorMessage,
        Severity = Severity,
        Received = Received,
    };
}
