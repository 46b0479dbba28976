namespace HeliosStarling.Protocol;

/// <summary>The fields that the protocol knows; the others are ignored.</summary>
internal enum FieldId : byte
{
    /// <summary>Every field that the protocol does not know.</summary>
    Ignored,
    Protocol,
    Version,
    Timestamp,
    Type,
    Metadata,
    Peer,
    RequestId,
    Method,
    Payload,
    Success,
    Data,
    MessageId,
    Received,
    Notification,
    NotificationTopic,
    NotificationData,
    Error,
    ErrorSeverity,
    ErrorCode,
    ErrorMessage,
    ErrorDetails,
}
