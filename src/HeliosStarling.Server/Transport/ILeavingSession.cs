namespace HeliosStarling;

/// <summary>A session whose client can leave for good (docs/protocol.md section 7, "Goodbye").</summary>
internal interface ILeavingSession
{
    /// <summary>Lets nobody link any more. False when the connection is not linked any more, or messages are not counted.</summary>
    bool TryTakeGoodbye(Connection from);

    /// <summary>Ends the conversation, and answers the close frame on the connection.</summary>
    void Leave(WebSocketConnection connection);
}
