namespace HeliosStarling;

/// <summary>What an outbox did with a frame.</summary>
internal enum EnqueueStatus : byte
{
    /// <summary>The frame is queued.</summary>
    Queued,

    /// <summary>The frame was dropped or refused.</summary>
    Dropped,

    /// <summary>The frame is larger than the receiver takes, and was refused.</summary>
    TooLarge,

    /// <summary>The outbox is closed; the frame was released.</summary>
    Closed,

    /// <summary>The frame is an answer, and nothing but answers is there that could make room: the receiver is given up.</summary>
    GivenUp,
}
