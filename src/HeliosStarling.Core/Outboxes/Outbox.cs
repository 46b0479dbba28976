using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>What waits to be sent to one peer, in order, bounded in messages and bytes.</summary>
/// <remarks>Safe to call concurrently; frames leave in the order in which they were enqueued. It outlives connections.</remarks>
internal sealed class Outbox(OutboxLimits limits)
{
    private readonly Lock _lock = new();
    private readonly FrameRing _frames = new();
    private TaskCompletionSource? _room;
    private bool _closed;

    /// <summary>How many messages wait.</summary>
    public int Count
    {
        get { lock (_lock) return _frames.Count; }
    }

    /// <summary>Whether sending should not be put off any longer; a hint, read without the lock.</summary>
    public bool IsHalfFull => _frames.Count >= limits.Messages / 2 || _frames.Bytes >= limits.Bytes / 2;

    /// <summary>Queues a frame without waiting and takes over one reference to it.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="dropped">How many messages were dropped, this one included.</param>
    public EnqueueResult Enqueue(Frame frame, out int dropped)
    {
        lock (_lock) return Enqueue_NeedsLock(frame, excess: 1, out dropped);
    }

    /// <summary>Queues a frame at once, and tells the sender to wait when that fills the outbox.</summary>
    /// <param name="frame">The frame, of which one reference is taken over.</param>
    /// <param name="dropped">How many messages were dropped, this one included.</param>
    /// <param name="room">Completes when there is room for the sender's next message; null when there is already.</param>
    public EnqueueResult EnqueueDirect(Frame frame, out int dropped, out Task? room)
    {
        lock (_lock)
        {
            // Senders that wait may fill the outbox twice over, so that order is kept without a second queue.
            var result = Enqueue_NeedsLock(frame, excess: 2, out dropped);
            room = result == EnqueueResult.Queued && IsFull_NeedsLock(excess: 1) ? WaitForRoom_NeedsLock() : null;
            return result;
        }
    }

    /// <summary>Takes the oldest frame out; the caller releases it once it is sent.</summary>
    public bool TryTake([NotNullWhen(true)] out Frame? frame)
    {
        TaskCompletionSource? room = null;
        lock (_lock)
        {
            if (!_frames.TryDequeue(out frame)) return false;
            if (_room is not null && !IsFull_NeedsLock(excess: 1)) (room, _room) = (_room, null);
        }
        room?.SetResult();
        return true;
    }

    /// <summary>Lets senders go that wait for room: the transport that would make it is gone.</summary>
    public void StopWaiting()
    {
        TaskCompletionSource? room;
        lock (_lock) (room, _room) = (_room, null);
        room?.SetResult();
    }

    /// <summary>Releases all frames, and lets senders go that wait for room.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            while (_frames.TryDequeue(out var frame)) frame.Release();
        }
        StopWaiting();
    }

    /// <summary>Releases all frames, and refuses new ones.</summary>
    public void Close()
    {
        lock (_lock) _closed = true;
        Clear();
    }

    private EnqueueResult Enqueue_NeedsLock(Frame frame, int excess, out int dropped)
    {
        dropped = 0;
        var result = _closed ? EnqueueResult.Closed : MakeRoom_NeedsLock(frame, excess, ref dropped);
        if (result == EnqueueResult.Queued)
        {
            _frames.Enqueue(frame);
            return result;
        }
        if (result == EnqueueResult.Dropped) dropped++;
        frame.Release();
        return result;
    }

    private EnqueueResult MakeRoom_NeedsLock(Frame frame, int excess, ref int dropped)
    {
        if (!IsFull_NeedsLock(excess)) return EnqueueResult.Queued;
        var mayDropNew = frame.Kind is not (FrameKind.Response or FrameKind.StreamItem);
        if (limits.Policy == OutboxPolicy.Disconnect) return EnqueueResult.Overflow;
        if (limits.Policy == OutboxPolicy.DropNewest && mayDropNew) return EnqueueResult.Dropped;
        // As much as the new frame takes and no more: what senders who wait were promised stays.
        for (long freed = 0; freed <= 0 || (freed < frame.Size && IsFull_NeedsLock(excess));)
        {
            if (!_frames.TryRemoveOldestDroppable(out var oldest)) return mayDropNew ? EnqueueResult.Dropped : EnqueueResult.Overflow;
            freed += Math.Max(1, oldest.Size);
            oldest.Release();
            dropped++;
        }
        return EnqueueResult.Queued;
    }

    private bool IsFull_NeedsLock(int excess) =>
        _frames.Count >= (long)limits.Messages * excess || _frames.Bytes >= limits.Bytes * excess;

    private Task WaitForRoom_NeedsLock() =>
        (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}
