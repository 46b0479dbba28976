namespace HeliosStarling.Protocol;

/// <summary>The kinds of protocol message (docs/protocol.md section 3).</summary>
public enum MessageType : byte
{
    /// <summary>Calls a method of the peer.</summary>
    Request,

    /// <summary>Answers a request, with success or failure.</summary>
    Response,

    /// <summary>Notifies the peer. A notification with a request id belongs to that request.</summary>
    Notification,

    /// <summary>Reports an error that does not belong to a request.</summary>
    Error,

    /// <summary>Confirms a ping or, with <c>received</c>, counted messages.</summary>
    Ack,

    /// <summary>Asks for an ack with the same message id.</summary>
    Ping,
}
