namespace HeliosStarling.Protocol;

/// <summary>The fields that the protocol defines. All other fields are ignored.</summary>
internal enum FieldId : byte
{
    /// <summary>Any field that the protocol does not define.</summary>
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
