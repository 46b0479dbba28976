namespace HeliosStarling;

/// <summary>The policy for a full outbox of a slow or disconnected receiver.</summary>
public enum OutboxPolicy : byte
{
    /// <summary>The oldest message that is not an answer is dropped.</summary>
    DropOldest,

    /// <summary>The new message is dropped.</summary>
    DropNewest,

    /// <summary>
    /// The connection is closed with 4003. While the receiver is not connected, the oldest message that is not an answer is dropped.
    /// </summary>
    Disconnect,
}
