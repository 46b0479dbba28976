namespace HeliosStarling;

/// <summary>
/// The messages that are sent to one peer: an ordered list with a maximum number of messages and bytes, which outlives connections. The
/// linked connection moves a pointer along the list. With numbering, messages stay in it until they are acknowledged (docs/protocol.md
/// section 7, rules 2 and 4).
/// </summary>
/// <remarks>Safe to call concurrently. Frames are sent in the order in which they were enqueued.</remarks>
internal sealed class Outbox
{
    private readonly OutboxLimits _limits;
    private readonly Func<Frame, Frame> _shorten;

    // Also used as the lock. A separate lock would be one more object for each idle connection.
    private readonly FrameRing _frames;
    private readonly SendCursor _cursor;
    private readonly SizeLimit _size;
    private object? _link;

    // The frames that are sent before the list and are discarded with the linked connection.
    private AheadFrames _ahead;

    // Continuations run asynchronously, so these may be completed under the lock.
    private TaskCompletionSource? _room;
    private int _waiting;
    private TaskCompletionSource? _acknowledged;
    private long _acknowledgedAt;
    private StreamTurns? _streams;
    private bool _closed;

    /// <param name="limits">The maximum size of the outbox.</param>
    /// <param name="shorten">Creates the short error that replaces an answer for which there is no room.</param>
    /// <param name="memory">The memory of the peer.</param>
    /// <param name="size">The message size limit of the peer. Default: no limit.</param>
    public Outbox(OutboxLimits limits, Func<Frame, Frame> shorten, PeerMemory memory, SizeLimit? size = null)
    {
        (_limits, _shorten, Memory, Policy) = (limits, shorten, memory, limits.Policy);
        _frames = new FrameRing(memory);
        _cursor = new SendCursor(_frames);
        _size = size ?? new SizeLimit(static (frame, _) => frame.Retain());
    }

    /// <summary>The policy for a full outbox.</summary>
    public OutboxPolicy? Policy { get; set; }

    /// <summary>The memory of the peer.</summary>
    public PeerMemory Memory { get; }

    /// <summary>The message size limit of the peer.</summary>
    public SizeLimit Size => _size;

    /// <summary>The time at which messages get their numbers.</summary>
    public Numbering Numbering => _cursor.Numbering;

    /// <summary>The number of messages, including sent ones that are not acknowledged.</summary>
    public int Count { get { lock (_frames) return _frames.Count; } }

    /// <summary>The number of bytes in these messages.</summary>
    public long Bytes { get { lock (_frames) return _frames.Bytes; } }

    /// <summary>The number of messages that the peer has acknowledged, in this epoch and earlier ones.</summary>
    public long AcknowledgedInAll { get { lock (_frames) return _cursor.AcknowledgedInAll; } }

    /// <summary>Indicates whether the messages should be sent soon. This is a hint that is read without the lock.</summary>
    public bool IsHalfFull => _frames.UnsentCount >= _limits.Messages / 2
        || _frames.UnsentBytes >= Math.Min(_limits.Bytes, Memory.LimitOfOutgoing) / 2
        || _ahead.IsHalfFull;

    private OutboxRoom Room => new(_limits, _frames, Memory);

    /// <summary>Queues a frame without waiting and takes over one reference to it.</summary>
    public EnqueueOutcome Enqueue(Frame frame)
    {
        lock (_frames)
        {
            var enqueued = Enqueue_NeedsLock(frame, excess: 1);
            SignalRoom_NeedsLock();
            return enqueued;
        }
    }

    /// <summary>
    /// Queues a frame at once and takes over one reference. When the outbox is then full, the outcome has a task for which the sender
    /// should wait.
    /// </summary>
    public EnqueueOutcome EnqueueDirect(Frame frame)
    {
        lock (_frames)
        {
            // Waiting senders may fill the outbox to twice its size. This keeps the order without a second queue.
            var enqueued = Enqueue_NeedsLock(frame, excess: 2);
            // Dropped messages may have made room for other waiting senders.
            SignalRoom_NeedsLock();
            return enqueued.Result == EnqueueStatus.Queued && Room.IsFull(excess: 1)
                ? enqueued with { Room = WaitForRoom_NeedsLock() }
                : enqueued;
        }
    }

    /// <summary>Queues an item whose stream has the turn, or refuses it for lack of memory. Takes over one reference.</summary>
    public EnqueueOutcome EnqueueItem(Frame item)
    {
        lock (_frames)
        {
            if (_closed || !Room.IsTooLarge(item)) return Enqueue_NeedsLock(item, excess: 1);
        }
        item.Release();
        return new EnqueueOutcome(EnqueueStatus.Dropped);
    }

    /// <summary>Queues a frame before the list and without a number, if this connection is linked. Takes over one reference.</summary>
    /// <returns>False when the frame is refused because too many such frames are unsent.</returns>
    public bool EnqueueAhead(object link, Frame frame)
    {
        lock (_frames)
        {
            if (_link == link) return _ahead.TryAdd(frame);
        }
        frame.Release();
        return true;
    }

    /// <summary>Queues an acknowledgement before the list. It replaces an unsent one. Takes over one reference.</summary>
    public void EnqueueAck(object link, Frame ack)
    {
        lock (_frames)
        {
            if (_link == link) _ahead.Replace(ack);
            else ack.Release();
        }
    }

    /// <summary>
    /// Requests the turn for a streamed answer to queue one item. The turn is given when it is free and there is room for an item. It ends
    /// with <see cref="PassTurn"/>. When the outbox is closed, every request gets a turn.
    /// </summary>
    /// <returns>Null when the caller has the turn; otherwise a source that completes when it gets the turn.</returns>
    public TaskCompletionSource? TakeTurn()
    {
        lock (_frames)
        {
            _streams ??= new StreamTurns();
            return _streams.Take(IsTurnFree_NeedsLock(_streams));
        }
    }

    /// <summary>Ends the caller's turn.</summary>
    public void PassTurn()
    {
        lock (_frames)
        {
            _streams!.End();
            GiveTurn_NeedsLock();
        }
    }

    /// <summary>Stops waiting for a turn. Returns false when the turn was given in the meantime.</summary>
    public bool TryStopWaiting(TaskCompletionSource turn)
    {
        lock (_frames) return _streams!.TryStopWaiting(turn);
    }

    /// <summary>Sets the message size limit of the peer before its connection is linked.</summary>
    public void TakeAtMost(int bytes)
    {
        lock (_frames) LimitSize_NeedsLock(bytes);
    }

    /// <summary>Takes the queued messages that exceed a lowered size limit; null when there are none. The caller releases them.</summary>
    public List<Frame>? TakeTooLarge()
    {
        lock (_frames) return _size.TakeTooLarge();
    }

    /// <summary>
    /// Completes when the peer has acknowledged all messages that are queued now or, on a client, all messages in the outbox. Completes at
    /// once when messages are not counted. Never completes when no connection is linked any more.
    /// </summary>
    public Task WhenAcknowledged()
    {
        lock (_frames)
        {
            if (_cursor.IsAllAcknowledged(_cursor.Queued)) return Task.CompletedTask;
            _acknowledgedAt = _cursor.Queued;
            return (_acknowledged ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Hands the next frame to the linked connection, which releases it once it is sent.</summary>
    /// <param name="link">The connection. It gets a frame only when it is linked.</param>
    /// <param name="frame">The frame; null when <paramref name="missed"/> must be reported instead.</param>
    /// <param name="missed">The number of consecutive messages that are missing at this point.</param>
    /// <returns>False when there is nothing to send.</returns>
    public bool TryTake(object link, out Frame? frame, out long missed)
    {
        (frame, missed) = (null, 0);
        lock (_frames)
        {
            if (_link != link) return false;
            if (_ahead.TryTake(out frame)) return true;
            var isTaken = _cursor.TryTakeNext(out frame, out missed);
            if (Numbering == Numbering.None && isTaken) SignalRoom_NeedsLock();
            // Withdrawn requests were removed, and one of them may have been the last message.
            if (!isTaken) SignalAcknowledged_NeedsLock();
            return isTaken;
        }
    }

    /// <summary>Releases the messages that the peer has acknowledged.</summary>
    /// <param name="link">The connection that received the acknowledgement.</param>
    /// <param name="received">The number of messages that the peer has counted.</param>
    public AckResult Acknowledge(object link, long received)
    {
        lock (_frames)
        {
            var result = _link == link ? _cursor.Acknowledge(received) : AckResult.Ignored;
            if (result == AckResult.Applied) SignalAll_NeedsLock();
            return result;
        }
    }

    /// <summary>Determines whether the peer can have counted so many messages (see <see cref="SendCursor.CanContinueFrom"/>).</summary>
    public bool CanContinueFrom(long received)
    {
        lock (_frames) return _cursor.CanContinueFrom(received);
    }

    /// <summary>Links a connection that continues where the peer stopped counting (docs/protocol.md section 7, rule 5).</summary>
    /// <param name="link">The connection.</param>
    /// <param name="received">The number of messages that the peer has counted; see <see cref="CanContinueFrom"/>.</param>
    /// <param name="welcome">Creates the first frame from the number of missed messages. Null: no first frame.</param>
    /// <param name="limit">The message size limit of the peer from now on. Default: no limit.</param>
    public void Continue(object link, long received, Func<long, Frame>? welcome, int limit = int.MaxValue)
    {
        lock (_frames)
        {
            _cursor.Acknowledge(received);
            LimitSize_NeedsLock(limit);
            // This may throw, so it comes before the steps that cannot be undone.
            var first = welcome?.Invoke(_cursor.MissedAfter(received));
            _cursor.Rewind(received);
            Link_NeedsLock(link, first);
            SignalAll_NeedsLock();
        }
    }

    /// <summary>Links a connection that starts a new epoch. Messages that an earlier connection sent are not sent again.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="numbering">The time at which messages get their numbers from now on.</param>
    /// <param name="welcome">Creates the first frame. Null: no first frame.</param>
    /// <param name="limit">The message size limit of the peer from now on. Default: no limit.</param>
    /// <returns>The messages that were sent and not acknowledged. The caller releases them.</returns>
    public List<Frame> Restart(object link, Numbering numbering, Func<Frame?>? welcome, int limit = int.MaxValue)
    {
        lock (_frames)
        {
            var unconfirmed = _cursor.Restart(numbering);
            LimitSize_NeedsLock(limit);
            Link_NeedsLock(link, welcome?.Invoke());
            SignalAll_NeedsLock();
            return unconfirmed;
        }
    }

    /// <summary>Unlinks a connection.</summary>
    public void Unlink(object link)
    {
        lock (_frames)
        {
            if (_link == link) Link_NeedsLock(null, null);
        }
    }

    /// <summary>Completes all waits for room, because no connection is left that could make room.</summary>
    public void StopWaiting()
    {
        lock (_frames) SignalRoom_NeedsLock(evenIfFull: true);
    }

    /// <summary>Releases all frames and completes all waits for room.</summary>
    /// <returns>The number of frames that were never sent.</returns>
    public int Clear()
    {
        int unsent;
        lock (_frames)
        {
            unsent = _frames.UnsentCount;
            while (_frames.Count > 0) _frames.RemoveOldest().Release();
        }
        StopWaiting();
        return unsent;
    }

    /// <summary>Removes and returns all frames, sent or unsent, and closes the outbox for new ones. The caller releases them.</summary>
    /// <param name="unsent">The number of frames that were never sent.</param>
    public List<Frame> TakeKept(out int unsent)
    {
        var all = new List<Frame>();
        lock (_frames)
        {
            _closed = true;
            Link_NeedsLock(null, null);
            unsent = _frames.UnsentCount;
            while (_frames.Count > 0) all.Add(_frames.RemoveOldest());
        }
        StopWaiting();
        return all;
    }

    /// <summary>Releases all frames and closes the outbox for new ones.</summary>
    /// <returns>The number of frames that were never sent.</returns>
    public int Close()
    {
        var all = TakeKept(out var unsent);
        foreach (var frame in all) frame.Release();
        return unsent;
    }

    private EnqueueOutcome Enqueue_NeedsLock(Frame frame, int excess)
    {
        if (_closed)
        {
            frame.Release();
            return new EnqueueOutcome(EnqueueStatus.Closed);
        }
        if (!_size.TryFit(ref frame)) return RefuseTooLarge_NeedsLock(frame);
        var maker = new RoomMaker(Room, Policy, _shorten);
        var outcome = maker.MakeFor(ref frame, excess, isLinked: _link is not null);
        // A dropped message keeps its number, and the gap is reported to the receiver.
        if (outcome.Result is not (EnqueueStatus.Queued or EnqueueStatus.GivenUp)) _cursor.CountGap();
        if (outcome.Result == EnqueueStatus.Queued) _cursor.Add(frame);
        else frame.Release();
        return outcome;
    }

    private EnqueueOutcome RefuseTooLarge_NeedsLock(Frame frame)
    {
        // The sender of a request or an item gets an error. For other messages, the gap is reported to the receiver.
        var isGap = frame.Kind is not (FrameKind.Request or FrameKind.StreamItem);
        if (isGap) _cursor.CountGap();
        frame.Release();
        return new EnqueueOutcome(EnqueueStatus.TooLarge, Dropped: isGap ? 1 : 0);
    }

    private void LimitSize_NeedsLock(int bytes)
    {
        var isLess = bytes < _size.Bytes;
        _size.Bytes = bytes;
        if (isLess) _size.Apply(_frames);
    }

    private void Link_NeedsLock(object? link, Frame? first)
    {
        _ahead.Clear();
        _link = link;
        if (first is not null) _ahead.Add(first);
    }

    private bool IsTurnFree_NeedsLock(StreamTurns streams) => _closed || (streams.IsFree && Room.HasRoomForItem);

    private void GiveTurn_NeedsLock()
    {
        while (_streams is { HasWaiting: true } streams && IsTurnFree_NeedsLock(streams)) streams.Give();
    }

    /// <summary>
    /// Returns null when so many senders wait that most of their messages must have been dropped. A sender that never awaits must not
    /// accumulate tasks.
    /// </summary>
    private Task? WaitForRoom_NeedsLock()
    {
        if (_waiting >= 2L * _limits.Messages) return null;
        _waiting++;
        return (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    private void SignalAll_NeedsLock()
    {
        SignalRoom_NeedsLock();
        SignalAcknowledged_NeedsLock();
    }

    private void SignalRoom_NeedsLock(bool evenIfFull = false)
    {
        GiveTurn_NeedsLock();
        if (_room is not { } room || (!evenIfFull && Room.IsFull(excess: 1))) return;
        (_room, _waiting) = (null, 0);
        room.SetResult();
    }

    private void SignalAcknowledged_NeedsLock()
    {
        if (_acknowledged is not { } confirmed || !_cursor.IsAllAcknowledged(_acknowledgedAt)) return;
        _acknowledged = null;
        confirmed.SetResult();
    }
}
