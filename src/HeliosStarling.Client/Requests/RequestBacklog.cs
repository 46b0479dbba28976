namespace HeliosStarling;

/// <summary>
/// Holds back requests that the server does not take yet, and the messages after them, until earlier requests are answered. Messages of the
/// application leave in the order of the calls. Answers to the server and cancellations do not wait here.
/// </summary>
/// <param name="session">The session that sends the messages.</param>
/// <param name="limits">The limits of messages that wait here. As many again can wait in the outbox.</param>
/// <remarks>Safe to call concurrently. No application code runs under the lock.</remarks>
internal sealed class RequestBacklog(Session session, OutboxLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Queue<Frame> _waiting = new();
    private readonly OpenRequests _open = new();
    private long _bytes;
    private TaskCompletionSource? _room;
    private bool _isPaused;
    private bool _isClosed;

    /// <summary>Sends or queues a request. Takes over one reference of the frame.</summary>
    public EnqueueStatus Send(Frame request)
    {
        EnqueueOutcome sent;
        lock (_lock)
        {
            if (_waiting.Count > 0 || !_open.HasPlaceFor(request)) return Hold_NeedsLock(request, excess: 1).Result;
            var id = _open.Add(request);
            sent = session.Enqueue(request);
            if (sent.Result != EnqueueStatus.Queued) _open.Remove(id);
        }
        session.FinishSend(in sent, wake: true);
        return sent.Result;
    }

    /// <summary>Queues another message of the application behind waiting requests. Returns false when no request waits.</summary>
    /// <param name="message">The message. One reference is taken over when it is queued.</param>
    /// <param name="held">The outcome.</param>
    public bool TryHold(Frame message, out EnqueueOutcome held)
    {
        held = default;
        lock (_lock)
        {
            if (_waiting.Count == 0) return false;
            held = Hold_NeedsLock(message, excess: 2);
            return true;
        }
    }

    /// <summary>Handles the end of a request, answered or never sent: the next request may be sent.</summary>
    public void OnEnded(Guid id)
    {
        lock (_lock)
        {
            _open.Remove(id);
            if (_waiting.Count == 0) return;
        }
        Pump();
    }

    /// <summary>Prepares for a server that is about to be linked.</summary>
    /// <param name="server">The limits of the server.</param>
    /// <param name="isNew">Whether the server knows no earlier messages.</param>
    public void Begin(ServerLimits server, bool isNew)
    {
        lock (_lock) _open.Begin(server, isNew);
    }

    /// <summary>Sends the messages that may be sent now.</summary>
    public void Pump()
    {
        var failed = new List<(IQueuedRequest Request, int Size, EnqueueStatus Result)>();
        EnqueueOutcome sent;
        do
        {
            lock (_lock) sent = MoveNext_NeedsLock(failed);
            if (sent.Result == EnqueueStatus.Queued) session.FinishSend(in sent, wake: true);
            if (sent.Room is { } room) _ = PumpAfterAsync(room);
        }
        while (sent.Result == EnqueueStatus.Queued && sent.Room is null);
        foreach (var (request, size, result) in failed) request.Fail(session.WhyNotSent(request, size, result));
    }

    /// <summary>Empties the backlog of a client that says goodbye: waiting requests fail, and other messages are sent.</summary>
    public void Flush() => Empty(isClosed: false);

    /// <summary>Closes the backlog: waiting messages are not sent any more.</summary>
    public void Close() => Empty(isClosed: true);

    private void Empty(bool isClosed)
    {
        List<Frame> all;
        TaskCompletionSource? room;
        lock (_lock)
        {
            _isClosed |= isClosed;
            all = [.. _waiting];
            _waiting.Clear();
            (_bytes, room, _room) = (0, _room, null);
            _open.Begin(ServerLimits.None, isNew: true);
            foreach (var frame in all.Where(static frame => frame.Request is null)) SendOrDrop_NeedsLock(frame);
        }
        room?.SetResult();
        session.Connection?.Wake();
        foreach (var frame in all.Where(static frame => frame.Request is not null))
        {
            frame.Request!.Fail(session.WhyNotSent(frame.Request, frame.Size, EnqueueStatus.Closed));
            frame.Release();
        }
    }

    private void SendOrDrop_NeedsLock(Frame frame)
    {
        if (session.Outbox.EnqueueDirect(frame).Result != EnqueueStatus.Queued)
            session.Engine.Metrics.Dropped(1, DropReasons.ConnectionClosed);
    }

    private EnqueueOutcome Hold_NeedsLock(Frame frame, int excess)
    {
        var refusal = _isClosed
            ? EnqueueStatus.Closed
            : session.Outbox.Size.IsExceededBy(frame) ? EnqueueStatus.TooLarge
            : EnqueueStatus.Queued;
        if (refusal == EnqueueStatus.Queued && IsFull_NeedsLock(excess))
        {
            RemoveWithdrawn_NeedsLock();
            if (IsFull_NeedsLock(excess)) refusal = EnqueueStatus.Dropped;
        }
        if (refusal != EnqueueStatus.Queued)
        {
            frame.Release();
            return new EnqueueOutcome(refusal, Dropped: refusal == EnqueueStatus.Dropped ? 1 : 0);
        }
        _waiting.Enqueue(frame);
        _bytes += frame.Size;
        return new EnqueueOutcome(EnqueueStatus.Queued, Room: excess > 1 && IsFull_NeedsLock(excess: 1)
            ? (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task
            : null);
    }

    private bool IsFull_NeedsLock(int excess) => _waiting.Count >= (long)limits.Messages * excess || _bytes >= limits.Bytes * excess;

    private void RemoveWithdrawn_NeedsLock()
    {
        for (var left = _waiting.Count; left > 0; left--)
        {
            var frame = TakeFirst_NeedsLock();
            if (frame.Request is { IsWithdrawn: true }) frame.Release();
            else
            {
                _waiting.Enqueue(frame);
                _bytes += frame.Size;
            }
        }
    }

    /// <summary>Moves the first message to the outbox. Requests that cannot be moved are added to the failed ones.</summary>
    /// <returns>The outcome of the moved message; not <see cref="EnqueueStatus.Queued"/> when none can be moved now.</returns>
    private EnqueueOutcome MoveNext_NeedsLock(List<(IQueuedRequest Request, int Size, EnqueueStatus Result)> failed)
    {
        while (!_isPaused && _waiting.TryPeek(out var first))
        {
            var request = first.Request;
            var isDead = request is { IsWithdrawn: true };
            if (!isDead && request is not null && !_open.HasPlaceFor(first)) break;
            TakeFirst_NeedsLock();
            if (isDead)
            {
                first.Release();
                continue;
            }
            var id = request is null ? default : _open.Add(first);
            var size = first.Size;
            var sent = session.Outbox.EnqueueDirect(first);
            if (sent.Result == EnqueueStatus.Queued)
            {
                _isPaused = sent.Room is not null;
                return sent;
            }
            _open.Remove(id);
            if (request is not null) failed.Add((request, size, sent.Result));
            else session.Engine.Metrics.Dropped(1, DropReasons.Of(null));
        }
        return new EnqueueOutcome(EnqueueStatus.Dropped);
    }

    private Frame TakeFirst_NeedsLock()
    {
        var first = _waiting.Dequeue();
        _bytes -= first.Size;
        if (_room is null || IsFull_NeedsLock(excess: 1)) return first;
        // The continuations run asynchronously, not under the lock.
        _room.SetResult();
        _room = null;
        return first;
    }

    private async Task PumpAfterAsync(Task room)
    {
        await room.ConfigureAwait(false);
        lock (_lock) _isPaused = false;
        Pump();
    }
}
