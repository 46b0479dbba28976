namespace HeliosStarling;

/// <summary>What happens when a slow or absent receiver's outbox is full.</summary>
public enum OutboxPolicy : byte
{
    /// <summary>The oldest message that is not an answer is dropped.</summary>
    DropOldest,

    /// <summary>The new message is dropped.</summary>
    DropNewest,

    /// <summary>The connection is closed with 4003. While there is none, the oldest message that is not an answer is dropped.</summary>
    Disconnect,
}
