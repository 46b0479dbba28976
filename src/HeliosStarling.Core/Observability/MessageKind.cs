namespace HeliosStarling;

/// <summary>The kind of a message, for metrics.</summary>
internal enum MessageKind : byte
{
    /// <summary>A request of the protocol.</summary>
    Request,

    /// <summary>A response of the protocol.</summary>
    Response,

    /// <summary>A notification of the protocol.</summary>
    Notification,

    /// <summary>An error message of the protocol.</summary>
    Error,

    /// <summary>An acknowledgement.</summary>
    Ack,

    /// <summary>A ping of the protocol.</summary>
    Ping,

    /// <summary>Plain text. For sent messages, this includes JSON of the application.</summary>
    Text,

    /// <summary>JSON that is not a protocol message.</summary>
    Json,

    /// <summary>A binary message.</summary>
    Binary,

    /// <summary>An invalid protocol message.</summary>
    Invalid,

    /// <summary>A message that was skipped because of its size.</summary>
    TooLarge,
}
