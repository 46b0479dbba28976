namespace HeliosStarling;

/// <summary>What a message is, as metrics tell it.</summary>
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

    /// <summary>Plain text; on the way out JSON of the application's own too.</summary>
    Text,

    /// <summary>JSON that is no protocol message.</summary>
    Json,

    /// <summary>Bytes.</summary>
    Binary,

    /// <summary>A protocol message that breaks the protocol's rules.</summary>
    Invalid,

    /// <summary>A message that was read past because of its size.</summary>
    TooLarge,
}
