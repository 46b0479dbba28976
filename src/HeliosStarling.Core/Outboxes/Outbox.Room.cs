namespace HeliosStarling;

/// <content>What happens when there is no room (docs/protocol.md section 7, rule 6).</content>
internal sealed partial class Outbox
{
    // How many bytes of short answers a peer may have while the others have taken all memory.
    private const long MostOfShortAnswers = 4 * BufferPool.Least;

    private Enqueued Enqueue_NeedsLock(Frame frame, int excess)
    {
        if (_closed)
        {
            frame.Release();
            return new Enqueued(EnqueueResult.Closed);
        }
        if (!_size.TryFit(ref frame)) return LeaveOut_NeedsLock(frame);
        frame = ShortenIfTooLarge_NeedsLock(frame);
        // Parts of streamed answers have waited for room before.
        var isFull = frame.Kind != FrameKind.StreamItem && (IsFullFor_NeedsLock(frame, excess) || IsTooLarge_NeedsLock(frame));
        var made = isFull ? MakeRoom_NeedsLock(ref frame, excess) : new Enqueued(EnqueueResult.Queued);
        // What is dropped keeps its number: the receiver is told of the gap.
        if (Numbering == Numbering.WhenQueued && made.Result != EnqueueResult.GivenUp) _queued++;
        if (made.Result == EnqueueResult.Queued) _frames.Add(frame, _queued);
        else frame.Release();
        return made;
    }

    private Enqueued MakeRoom_NeedsLock(ref Frame frame, int excess)
    {
        var mayDropNew = frame.Kind != FrameKind.Response;
        if (Policy is null) return Refusable_NeedsLock(ref frame, excess, mayDropNew);
        if (Policy == OutboxPolicy.DropNewest && mayDropNew) return new Enqueued(EnqueueResult.Dropped, Dropped: 1);
        var isTooSlow = Policy == OutboxPolicy.Disconnect && _link is not null && IsOwnWindowFull_NeedsLock(excess);
        var (dropped, requests) = (0, default(List<StarlingRequest>));
        // For what is too large even if all the others were gone, none of them goes.
        if (mayDropNew && frame.Size > _frames.Bytes && IsTooLarge_NeedsLock(frame)) return new Enqueued(EnqueueResult.Dropped, Dropped: 1, IsTooSlow: isTooSlow);
        // As much as the new frame takes and no more: what senders who wait were promised stays.
        for (long freed = 0; freed <= 0 || (freed < frame.Size && (IsFullFor_NeedsLock(frame, excess) || IsTooLarge_NeedsLock(frame)));)
        {
            if (!_frames.TryRemoveOldestDroppable(out var oldest))
            {
                if (mayDropNew) return new Enqueued(EnqueueResult.Dropped, dropped + 1, null, isTooSlow, requests);
                return new Enqueued(Shorten_NeedsLock(ref frame), dropped, null, isTooSlow, requests);
            }
            freed += Math.Max(1, oldest.Size);
            dropped++;
            if (oldest.Request is { } request) (requests ??= []).Add(request);
            oldest.Release();
        }
        return new Enqueued(EnqueueResult.Queued, dropped, null, isTooSlow, requests);
    }

    /// <summary>Nothing that is queued is dropped: what is new is refused, or shortened when the peer waits for it.</summary>
    private Enqueued Refusable_NeedsLock(ref Frame frame, int excess, bool mayRefuse)
    {
        _frames.RemoveUnsent(static queued => queued.Request is { IsWithdrawn: true });
        if (!IsFullFor_NeedsLock(frame, excess)) return new Enqueued(EnqueueResult.Queued);
        if (mayRefuse) return new Enqueued(EnqueueResult.Dropped, Dropped: 1);
        frame = ShorterOf(frame, shorten(frame));
        // Short answers pile up, too, when the peer goes on asking and acknowledges nothing.
        return new Enqueued(IsOwnWindowFull_NeedsLock(excess: 2) ? EnqueueResult.GivenUp : EnqueueResult.Queued);
    }

    /// <summary>Only answers are left: they give up their contents, never their places (docs/protocol.md section 7, rule 6).</summary>
    private EnqueueResult Shorten_NeedsLock(ref Frame answer)
    {
        while (IsFullFor_NeedsLock(answer, excess: 1))
        {
            if (_frames.Count - _frames.StreamCount >= limits.Messages) return EnqueueResult.GivenUp;
            if (_frames.TryReplaceOldestAnswer(shorten, out var replaced))
            {
                replaced.Release();
                continue;
            }
            if (_frames.Bytes - _frames.StreamBytes >= limits.Bytes) return EnqueueResult.GivenUp;
            // Others have taken the memory: this peer is not given up for that as long as it costs little to keep it.
            if (memory.Leaving - _frames.StreamCost >= MostOfShortAnswers) return EnqueueResult.GivenUp;
            answer = ShorterOf(answer, shorten(answer));
            return EnqueueResult.Queued;
        }
        return EnqueueResult.Queued;
    }

    private static Frame ShorterOf(Frame one, Frame other)
    {
        var (shorter, longer) = one.Size <= other.Size ? (one, other) : (other, one);
        longer.Release();
        return shorter;
    }

    private bool IsFullFor_NeedsLock(Frame frame, int excess)
    {
        if (frame.Kind != FrameKind.Response) return IsOwnWindowFull_NeedsLock(excess) || IsMemoryFullFor_NeedsLock(frame, memory.Leaving);
        // The parts of streams, whose senders wait for room, take no answer's place.
        return _frames.Count - _frames.StreamCount >= limits.Messages
            || _frames.Bytes - _frames.StreamBytes >= limits.Bytes
            || IsMemoryFullFor_NeedsLock(frame, memory.Leaving - _frames.StreamCost);
    }

    private bool IsMemoryFullFor_NeedsLock(Frame frame, long kept) => kept > 0 && kept + frame.Size > memory.LimitOfLeavingWith(frame);

    private bool IsFull_NeedsLock(int excess) => IsOwnWindowFull_NeedsLock(excess)
        // An outbox that is empty has room: nothing would ever tell who waits for it that there is some.
        || (memory.Leaving > 0 && memory.Leaving >= memory.LimitOfLeaving);

    /// <summary>Whether this peer is behind, rather than all of them together.</summary>
    private bool IsOwnWindowFull_NeedsLock(int excess) =>
        _frames.Count >= (long)limits.Messages * excess || _frames.Bytes >= limits.Bytes * excess;

    /// <summary>Whether the other peers have left no memory for this frame, however empty this outbox is.</summary>
    private bool IsTooLarge_NeedsLock(Frame frame) => frame.Size > memory.LimitOfLeavingWith(frame);

    /// <summary>
    /// An answer for which there is no memory, however empty this outbox is, gives up its contents: one for each of many peers would be beyond
    /// what all may have together.
    /// </summary>
    private Frame ShortenIfTooLarge_NeedsLock(Frame frame)
    {
        if (frame.Kind != FrameKind.Response || !IsTooLarge_NeedsLock(frame)) return frame;
        var shortened = shorten(frame);
        frame.Release();
        return shortened;
    }

    /// <summary>Null when so many wait already that most of their messages must have been dropped: a sender that never awaits must not pile up tasks.</summary>
    private Task? WaitForRoom_NeedsLock()
    {
        if (_waiting >= 2L * limits.Messages) return null;
        _waiting++;
        return (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    private TaskCompletionSource? TakeRoom_NeedsLock(bool ifFull = false)
    {
        GiveTurn_NeedsLock();
        if (_room is null || (!ifFull && IsFull_NeedsLock(excess: 1))) return null;
        var room = _room;
        (_room, _waiting) = (null, 0);
        return room;
    }
}
