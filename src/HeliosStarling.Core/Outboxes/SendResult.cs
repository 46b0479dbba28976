namespace HeliosStarling;

/// <summary>The result of sending a message.</summary>
public enum SendResult : byte
{
    /// <summary>The message is in the outbox. Messages are sent in call order.</summary>
    Queued,

    /// <summary>The message was dropped, because the outbox is full or its request has ended.</summary>
    Dropped,

    /// <summary>The peer is not connected and does not get the message.</summary>
    Closed,
}
