namespace HeliosStarling;

/// <summary>Receives the messages of a log. It is called by one thread at a time, must return quickly, and must not throw.</summary>
internal interface IGroupLogReceiver
{
    /// <summary>Called for each message that this node or another one has appended.</summary>
    /// <param name="message">The message.</param>
    void OnAppended(GroupLogMessage message);

    /// <summary>Called when the subscription broke, so that messages may be missing. The receiver must read the log.</summary>
    void OnBroken();
}
