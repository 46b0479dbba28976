namespace HeliosStarling;

/// <summary>What happens when an outbox has no room for a frame (docs/protocol.md section 7, rule 6).</summary>
/// <param name="room">How much room there is.</param>
/// <param name="policy">What is dropped; null when nothing that is queued ever is.</param>
/// <param name="shorten">Makes the short failure that stands in for an answer when there is no room to keep that.</param>
/// <remarks>Not thread-safe: its outbox locks.</remarks>
internal readonly struct RoomMaker(OutboxRoom room, OutboxPolicy? policy, Func<Frame, Frame> shorten)
{
    // How many bytes of short answers a peer may have while the others have taken all memory.
    private const long MostOfShortAnswers = 4 * BufferPool.Least;

    /// <summary>Makes room for a frame, if there is none, or puts a shorter one in its place.</summary>
    /// <param name="frame">The frame, of which the caller has one reference before and after.</param>
    /// <param name="excess">How many times over the outbox may be filled.</param>
    /// <param name="isLinked">Whether a connection is linked, which can be closed because it is too slow.</param>
    public EnqueueOutcome MakeFor(ref Frame frame, int excess, bool isLinked)
    {
        ShortenIfTooLarge(ref frame);
        // Parts of streamed answers have waited for room before.
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
        var isTooSlow = policy == OutboxPolicy.Disconnect && isLinked && room.IsOwnWindowFull(excess);
        var (dropped, requests) = (0, default(List<IQueuedRequest>));
        // For what is too large even if all the others were gone, none of them goes.
        if (MayDrop(frame) && frame.Size > room.Frames.Bytes && room.IsTooLarge(frame))
            return new EnqueueOutcome(EnqueueStatus.Dropped, Dropped: 1, IsTooSlow: isTooSlow);
        // As much as the new frame takes and no more: what senders who wait were promised stays.
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

    /// <summary>Nothing that is queued is dropped: what is new is refused, or shortened when the peer waits for it.</summary>
    private EnqueueOutcome Refuse(ref Frame frame, int excess)
    {
        room.Frames.RemoveUnsent(static queued => queued.Request is { IsWithdrawn: true });
        if (!room.IsFullFor(frame, excess)) return new EnqueueOutcome(EnqueueStatus.Queued);
        if (MayDrop(frame)) return new EnqueueOutcome(EnqueueStatus.Dropped, Dropped: 1);
        frame = ShorterOf(frame, shorten(frame));
        // Short answers pile up, too, when the peer goes on asking and acknowledges nothing.
        return new EnqueueOutcome(room.IsOwnWindowFull(excess: 2) ? EnqueueStatus.GivenUp : EnqueueStatus.Queued);
    }

    /// <summary>Only answers are left: they give up their contents, never their places.</summary>
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
            // Others have taken the memory: this peer is not given up for that as long as it costs little to keep it.
            if (room.Memory.Outgoing - frames.StreamCost >= MostOfShortAnswers) return EnqueueStatus.GivenUp;
            answer = ShorterOf(answer, shorten(answer));
            return EnqueueStatus.Queued;
        }
        return EnqueueStatus.Queued;
    }

    /// <summary>
    /// An answer for which there is no memory, however empty this outbox is, gives up its contents: one for each of many peers would be
    /// beyond what all may have together.
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
