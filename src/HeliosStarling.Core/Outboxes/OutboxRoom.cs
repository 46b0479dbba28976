namespace HeliosStarling;

/// <summary>How much room an outbox has: in its own window, and in the memory that all peers share.</summary>
/// <param name="Limits">How much the outbox holds.</param>
/// <param name="Frames">What it holds.</param>
/// <param name="Memory">What the peer has, and may have, of the memory that all share.</param>
/// <remarks>Not thread-safe: its outbox locks.</remarks>
internal readonly record struct OutboxRoom(OutboxLimits Limits, FrameRing Frames, PeerMemory Memory)
{
    /// <summary>
    /// Whether there is room for an item of a streamed answer. They get half of the outbox: the other half is for messages that cannot
    /// wait.
    /// </summary>
    public bool HasForItem =>
        !IsFull(excess: 1)
        && (Frames.StreamCount == 0
            || (Frames.StreamCount * 2L < Limits.Messages
                && Frames.StreamBytes * 2 < Limits.Bytes
                && Frames.StreamCost * 2 < Memory.LimitOfOutgoing));

    /// <summary>
    /// Whether nothing more is to be queued. An outbox that is empty has room: else nothing would ever tell a sender that waits.
    /// </summary>
    public bool IsFull(int excess) => IsOwnWindowFull(excess) || (Memory.Outgoing > 0 && Memory.Outgoing >= Memory.LimitOfOutgoing);

    /// <summary>Whether there is no room for this frame. Parts of streams, whose senders wait for room, take no answer's place.</summary>
    public bool IsFullFor(Frame frame, int excess)
    {
        if (frame.Kind != FrameKind.Response) return IsOwnWindowFull(excess) || IsMemoryFullFor(frame, Memory.Outgoing);
        return Frames.Count - Frames.StreamCount >= Limits.Messages
            || Frames.Bytes - Frames.StreamBytes >= Limits.Bytes
            || IsMemoryFullFor(frame, Memory.Outgoing - Frames.StreamCost);
    }

    /// <summary>Whether this peer is behind, rather than all of them together.</summary>
    public bool IsOwnWindowFull(int excess) => Frames.Count >= (long)Limits.Messages * excess || Frames.Bytes >= Limits.Bytes * excess;

    /// <summary>Whether the other peers have left no memory for this frame, however empty this outbox is.</summary>
    public bool IsTooLarge(Frame frame) => frame.Size > Memory.LimitOfOutgoingWith(frame.Cost);

    private bool IsMemoryFullFor(Frame frame, long kept) => kept > 0 && kept + frame.Size > Memory.LimitOfOutgoingWith(frame.Cost);
}
