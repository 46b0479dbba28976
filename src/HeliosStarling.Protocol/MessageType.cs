namespace HeliosStarling.Protocol;

/// <summary>The kinds of protocol message (docs/protocol.md section 3).</summary>
public enum MessageType : byte
{
    /// <summary>Asks the peer to run a method.</summary>
    Request,

    /// <summary>Answers a request, with success or failure.</summary>
    Response,

    /// <summary>Tells the peer something; tied to a request when it carries a request id.</summary>
    Notification,

    /// <summary>Reports an error that is about no particular request.</summary>
    Error,

    /// <summary>Confirms a ping or, with <c>received</c>, counted messages.</summary>
    Ack,

    /// <summary>Asks for an ack with the same message id.</summary>
    Ping,
}
