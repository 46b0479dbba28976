namespace HeliosStarling;

/// <summary>What an outbox did with a frame.</summary>
internal enum EnqueueResult : byte
{
    /// <summary>The frame is queued.</summary>
    Queued,

    /// <summary>The frame was dropped.</summary>
    Dropped,

    /// <summary>The outbox is closed; the frame was released.</summary>
    Closed,

    /// <summary>The frame does not fit and nothing may be dropped for it: the receiver is too slow to keep.</summary>
    Overflow,
}
