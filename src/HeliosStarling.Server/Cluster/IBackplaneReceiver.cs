namespace HeliosStarling;

/// <summary>Receives the messages of a channel. It is called by one thread at a time, must return quickly, and must not throw.</summary>
internal interface IBackplaneReceiver
{
    /// <summary>Called for each message.</summary>
    /// <param name="message">The message.</param>
    void OnMessage(BackplaneMessage message);

    /// <summary>Called for lost messages, before the message that shows the gap.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="sender">The sender of the lost messages; null when the subscription broke, so messages of any sender may be
    /// lost.</param>
    /// <param name="missed">The number of lost messages; null when it is unknown.</param>
    void OnMissed(BackplaneChannel channel, string? sender, long? missed);
}
