namespace HeliosStarling;

/// <summary>Takes what is appended to a log. It is called by one thread at a time, must return soon, and must not throw.</summary>
internal interface IGroupLogReceiver
{
    /// <summary>A message was appended, by this node or another one.</summary>
    /// <param name="message">The message.</param>
    void OnAppended(GroupLogMessage message);

    /// <summary>The subscription broke, so that messages may be missing. The receiver reads the log.</summary>
    void OnBroken();
}
