namespace HeliosStarling;

/// <summary>Makes room for a frame in a full outbox (docs/protocol.md section 7, rule 6).</summary>
/// <param name="room">The room in the outbox.</param>
/// <param name="policy">The policy for a full outbox; null when queued messages are never dropped.</param>
/// <param name="shorten">Creates the short error that replaces an answer for which there is no room.</param>
/// <remarks>Not thread-safe; guarded by the lock of the outbox.</remarks>
internal readonly struct RoomMaker(OutboxRoom room, OutboxPolicy? policy, Func<Frame, Frame> shorten)
{
    // The memory that short answers of a peer may use while other peers use all the rest.
    private const long MaxShortAnswerBytes = 4 * BufferPool.Least;

    /// <summary>Makes room for a frame if necessary, or replaces it by a shorter one.</summary>
    /// <param name="frame">The frame. The caller owns one reference before and after the call.</param>
    /// <param name="excess">The factor by which the outbox may exceed its limits.</param>
    /// <param name="isLinked">Whether a connection is linked that can be closed because it is too slow.</param>
    public EnqueueOutcome MakeFor(ref Frame frame, int excess, bool isLinked)
    {
        ShortenIfTooLarge(ref frame);
        // Items of streamed answers have already waited for room.
        if (frame.Kind == FrameKind.StreamItem || !(room.IsFullFor(frame, excess) || room.IsTooLarge(frame)))
            return new EnqueueOutcome(EnqueueStatus.Queued);
        if (policy is null) return Refuse(ref frame, excess);
        return policy == OutboxPolicy.DropNewest && MayDrop(frame)
            ? new EnqueueOutcome(EnqueueStatus.Dropped, Dropped: 1)
            : DropOldest(ref frame, excess, isLinked);
    }

    private static bool MayDrop(Frame frame) => frame.Kind != FrameKind.Response;

    private EnqueueOutcome DropOldest(ref Frame frame, int excess, bool isLinked)
    {
        var isTooSlow = policy == OutboxPolicy.Disconnect && isLinked && room.IsOwnLimitReached(excess);
        var (dropped, requests) = (0, default(List<IQueuedRequest>));
        // If the frame would be too large even for an empty outbox, no other message is dropped.
        if (MayDrop(frame) && frame.Size > room.Frames.Bytes && room.IsTooLarge(frame))
            return new EnqueueOutcome(EnqueueStatus.Dropped, Dropped: 1, IsTooSlow: isTooSlow);
        // Frees only as much as the new frame needs, so that the messages of waiting senders stay queued.
        for (long freed = 0; freed <= 0 || (freed < frame.Size && (room.IsFullFor(frame, excess) || room.IsTooLarge(frame)));)
        {
            if (!room.Frames.TryRemoveOldestDroppable(out var oldest))
            {
                if (MayDrop(frame)) return new EnqueueOutcome(EnqueueStatus.Dropped, dropped + 1, null, isTooSlow, requests);
                return new EnqueueOutcome(ShortenAnswers(ref frame), dropped, null, isTooSlow, requests);
            }
            freed += Math.Max(1, oldest.Size);
            dropped++;
            if (oldest.Request is { } request) (requests ??= []).Add(request);
            oldest.Release();
        }
        return new EnqueueOutcome(EnqueueStatus.Queued, dropped, null, isTooSlow, requests);
    }

    /// <summary>Drops no queued message. The new message is refused or, if it is an answer, shortened.</summary>
    private EnqueueOutcome Refuse(ref Frame frame, int excess)
    {
        room.Frames.RemoveUnsent(static queued => queued.Request is { IsWithdrawn: true });
        if (!room.IsFullFor(frame, excess)) return new EnqueueOutcome(EnqueueStatus.Queued);
        if (MayDrop(frame)) return new EnqueueOutcome(EnqueueStatus.Dropped, Dropped: 1);
        frame = ShorterOf(frame, shorten(frame));
        // Short answers accumulate, too, when the peer keeps sending requests and acknowledges nothing.
        return new EnqueueOutcome(room.IsOwnLimitReached(excess: 2) ? EnqueueStatus.GivenUp : EnqueueStatus.Queued);
    }

    /// <summary>Shortens queued answers when nothing else can make room. No answer is removed.</summary>
    private EnqueueStatus ShortenAnswers(ref Frame answer)
    {
        var frames = room.Frames;
        while (room.IsFullFor(answer, excess: 1))
        {
            if (frames.Count - frames.StreamCount >= room.Limits.Messages) return EnqueueStatus.GivenUp;
            if (frames.TryReplaceOldestAnswer(shorten, out var replaced))
            {
                replaced.Release();
                continue;
            }
            if (frames.Bytes - frames.StreamBytes >= room.Limits.Bytes) return EnqueueStatus.GivenUp;
            // Other peers use all the memory. The conversation with this peer continues as long as its short answers need little memory.
            if (room.Memory.Outgoing - frames.StreamCost >= MaxShortAnswerBytes) return EnqueueStatus.GivenUp;
            answer = ShorterOf(answer, shorten(answer));
            return EnqueueStatus.Queued;
        }
        return EnqueueStatus.Queued;
    }

    /// <summary>
    /// Shortens an answer that exceeds the memory limit even in an empty outbox. One such answer for each of many peers would exceed the
    /// limit for all peers together.
    /// </summary>
    private void ShortenIfTooLarge(ref Frame frame)
    {
        if (frame.Kind != FrameKind.Response || !room.IsTooLarge(frame)) return;
        var answer = frame;
        frame = shorten(answer);
        answer.Release();
    }

    private static Frame ShorterOf(Frame one, Frame other)
    {
        var (shorter, longer) = one.Size <= other.Size ? (one, other) : (other, one);
        longer.Release();
        return shorter;
    }
}
