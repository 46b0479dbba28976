namespace HeliosStarling;

/// <content>What happens when there is no room (PROTOCOL.md section 7, rule 6).</content>
internal sealed partial class Outbox
{
    private Enqueued Enqueue_NeedsLock(Frame frame, int excess)
    {
        if (_closed)
        {
            frame.Release();
            return new Enqueued(EnqueueResult.Closed);
        }
        frame = ShortenIfTooLarge(frame);
        // Whoever streams an answer waits for room after each part, so those parts are few.
        var isFull = frame.Kind != FrameKind.StreamItem && (IsFullFor_NeedsLock(frame, excess) || frame.Size > MemoryLeft);
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
        if (Policy is null) return Refusable_NeedsLock(frame, excess, mayDropNew);
        if (Policy == OutboxPolicy.DropNewest && mayDropNew) return new Enqueued(EnqueueResult.Dropped, Dropped: 1);
        var isTooSlow = Policy == OutboxPolicy.Disconnect && _link is not null && IsOwnWindowFull_NeedsLock(excess);
        var (dropped, requests) = (0, default(List<StarlingRequest>));
        // For what is too large even if all the others were gone, none of them goes.
        if (mayDropNew && frame.Size > Math.Max(MemoryLeft, _frames.Bytes)) return new Enqueued(EnqueueResult.Dropped, Dropped: 1, IsTooSlow: isTooSlow);
        // As much as the new frame takes and no more: what senders who wait were promised stays.
        for (long freed = 0; freed <= 0 || (freed < frame.Size && (IsFullFor_NeedsLock(frame, excess) || frame.Size > MemoryLeft));)
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

    /// <summary>Nothing that is queued is dropped: what is new is refused, unless the peer waits for it.</summary>
    private Enqueued Refusable_NeedsLock(Frame frame, int excess, bool mayRefuse)
    {
        _frames.RemoveUnsent(static queued => queued.Request is { IsWithdrawn: true });
        return mayRefuse && IsFullFor_NeedsLock(frame, excess) ? new Enqueued(EnqueueResult.Dropped, Dropped: 1) : new Enqueued(EnqueueResult.Queued);
    }

    /// <summary>Only answers are left: they give up their contents, never their places (PROTOCOL.md section 7, rule 6).</summary>
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
            // Others have taken the memory: short answers up to this peer's own window are all that it costs to keep it.
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
        if (frame.Kind != FrameKind.Response) return IsFull_NeedsLock(excess);
        // The parts of streams, whose senders wait for room, take no answer's place.
        return _frames.Count - _frames.StreamCount >= limits.Messages || _frames.Bytes - _frames.StreamBytes >= ByteLimit;
    }

    private bool IsFull_NeedsLock(int excess) =>
        _frames.Count >= (long)limits.Messages * excess || _frames.Bytes >= ByteLimit * excess;

    /// <summary>Whether this peer is behind, rather than all of them together.</summary>
    private bool IsOwnWindowFull_NeedsLock(int excess) =>
        _frames.Count >= (long)limits.Messages * excess || _frames.Bytes >= limits.Bytes * excess;

    private long ByteLimit => Math.Min(limits.Bytes, MemoryLeft);

    private long MemoryLeft => buffers?.Free ?? long.MaxValue;

    /// <summary>
    /// An answer for which there is no memory, however empty this outbox is, gives up its contents: one for each of many peers would be beyond
    /// what all may have together.
    /// </summary>
    private Frame ShortenIfTooLarge(Frame frame)
    {
        if (frame.Kind != FrameKind.Response || frame.Size <= MemoryLeft) return frame;
        var shortened = shorten(frame);
        frame.Release();
        return shortened;
    }

    private Task WaitForRoom_NeedsLock() =>
        (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private TaskCompletionSource? TakeRoom_NeedsLock()
    {
        if (_room is null || IsFull_NeedsLock(excess: 1)) return null;
        var room = _room;
        _room = null;
        return room;
    }
}
