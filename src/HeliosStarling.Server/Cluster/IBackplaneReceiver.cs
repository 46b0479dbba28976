namespace HeliosStarling;

/// <summary>Takes what comes from a channel. It is called by one thread at a time, must return soon, and must not throw.</summary>
internal interface IBackplaneReceiver
{
    /// <summary>A message came.</summary>
    /// <param name="message">The message.</param>
    void OnMessage(BackplaneMessage message);

    /// <summary>Messages were lost. It is called ahead of the message that shows the gap.</summary>
    /// <param name="channel">In which channel.</param>
    /// <param name="sender">Whose messages; null when the subscription broke, so that those of any sender may be missing.</param>
    /// <param name="missed">How many; null when that is not known.</param>
    void OnMissed(BackplaneChannel channel, string? sender, long? missed);
}
