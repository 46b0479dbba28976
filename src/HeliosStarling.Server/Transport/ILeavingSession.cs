namespace HeliosStarling;

/// <summary>A session whose client can leave for good (docs/protocol.md section 7, "Goodbye").</summary>
internal interface ILeavingSession
{
    /// <summary>
    /// Prevents further links. Returns false when this connection is not linked any more, or the client does not count messages.
    /// </summary>
    bool TryTakeGoodbye(Connection from);

    /// <summary>Ends the session and answers the close frame on the connection.</summary>
    void Leave(WebSocketConnection connection);
}
