namespace HeliosStarling;

/// <summary>What became of a message that was sent.</summary>
public enum SendResult : byte
{
    /// <summary>It is in the outbox and leaves in call order.</summary>
    Queued,

    /// <summary>It was dropped: the outbox is full, or the request it belongs to has ended.</summary>
    Dropped,

    /// <summary>The peer is not connected; it does not get the message.</summary>
    Closed,
}
