namespace HeliosStarling;

/// <summary>The status of a frame that was added to an outbox.</summary>
internal enum EnqueueStatus : byte
{
    /// <summary>The frame is queued.</summary>
    Queued,

    /// <summary>The frame was dropped or refused.</summary>
    Dropped,

    /// <summary>The frame exceeds the size limit of the receiver and was refused.</summary>
    TooLarge,

    /// <summary>The outbox is closed. The frame was released.</summary>
    Closed,

    /// <summary>
    /// The frame is an answer, and only other answers could make room for it. The conversation with the receiver must end.
    /// </summary>
    GivenUp,
}
