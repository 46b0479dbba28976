namespace HeliosStarling;

/// <summary>Determines the room in an outbox: within its own limits, and within the memory that all peers share.</summary>
/// <param name="Limits">The limits of the outbox.</param>
/// <param name="Frames">The frames in the outbox.</param>
/// <param name="Memory">The memory of the peer.</param>
/// <remarks>Not thread-safe; guarded by the lock of the outbox.</remarks>
internal readonly record struct OutboxRoom(OutboxLimits Limits, FrameRing Frames, PeerMemory Memory)
{
    /// <summary>
    /// Indicates whether there is room for an item of a streamed answer. Items may use half of the outbox. The other half is reserved for
    /// messages that cannot wait.
    /// </summary>
    public bool HasRoomForItem =>
        !IsFull(excess: 1)
        && (Frames.StreamCount == 0
            || (Frames.StreamCount * 2L < Limits.Messages
                && Frames.StreamBytes * 2 < Limits.Bytes
                && Frames.StreamCost * 2 < Memory.LimitOfOutgoing));

    /// <summary>
    /// Determines whether the outbox is full. An empty outbox always has room. Otherwise, nothing would ever wake a waiting sender.
    /// </summary>
    public bool IsFull(int excess) => IsOwnLimitReached(excess) || (Memory.Outgoing > 0 && Memory.Outgoing >= Memory.LimitOfOutgoing);

    /// <summary>
    /// Determines whether there is no room for this frame. Items of streamed answers do not reduce the room for answers, because their
    /// senders wait for room.
    /// </summary>
    public bool IsFullFor(Frame frame, int excess)
    {
        if (frame.Kind != FrameKind.Response) return IsOwnLimitReached(excess) || IsMemoryFullFor(frame, Memory.Outgoing);
        return Frames.Count - Frames.StreamCount >= Limits.Messages
            || Frames.Bytes - Frames.StreamBytes >= Limits.Bytes
            || IsMemoryFullFor(frame, Memory.Outgoing - Frames.StreamCost);
    }

    /// <summary>Determines whether the limits of this outbox are reached, rather than those of the shared memory.</summary>
    public bool IsOwnLimitReached(int excess) => Frames.Count >= (long)Limits.Messages * excess || Frames.Bytes >= Limits.Bytes * excess;

    /// <summary>Determines whether the memory limit would not allow this frame even in an empty outbox.</summary>
    public bool IsTooLarge(Frame frame) => frame.Size > Memory.LimitOfOutgoingWith(frame.Cost);

    private bool IsMemoryFullFor(Frame frame, long kept) => kept > 0 && kept + frame.Size > Memory.LimitOfOutgoingWith(frame.Cost);
}
