namespace HeliosStarling;

/// <summary>
/// What one peer is sent: one list in order, bounded in messages and bytes, that outlives connections. The linked connection moves a
/// pointer along it; with numbering, messages stay until they are acknowledged (docs/protocol.md section 7, rules 2 and 4).
/// </summary>
/// <remarks>Safe to call concurrently; frames leave in the order in which they were enqueued.</remarks>
internal sealed class Outbox
{
    private readonly OutboxLimits _limits;
    private readonly Func<Frame, Frame> _shorten;

    // Locked on, too: a lock of its own would be one more object for each idle connection.
    private readonly FrameRing _frames;
    private readonly SendCursor _cursor;
    private readonly SizeLimit _size;
    private object? _link;

    // What lives and dies with the linked connection and goes ahead of the list.
    private AheadFrames _ahead;

    // Their continuations run elsewhere, so that they may be completed under the lock.
    private TaskCompletionSource? _room;
    private int _waiting;
    private TaskCompletionSource? _confirmed;
    private long _confirmedAt;
    private StreamTurns? _streams;
    private bool _closed;

    /// <param name="limits">How much it holds.</param>
    /// <param name="shorten">Makes the short failure that stands in for an answer when there is no room to keep that.</param>
    /// <param name="memory">What the peer has, and may have, of the memory that all share.</param>
    /// <param name="size">The largest message that the peer takes. Default any.</param>
    public Outbox(OutboxLimits limits, Func<Frame, Frame> shorten, PeerMemory memory, SizeLimit? size = null)
    {
        (_limits, _shorten, Memory, Policy) = (limits, shorten, memory, limits.Policy);
        _frames = new FrameRing(memory);
        _cursor = new SendCursor(_frames);
        _size = size ?? new SizeLimit(static (frame, _) => frame.Retain());
    }

    /// <summary>What happens when there is no room.</summary>
    public OutboxPolicy? Policy { get; set; }

    /// <summary>What the peer has of the memory that all share.</summary>
    public PeerMemory Memory { get; }

    /// <summary>The largest message that the peer takes.</summary>
    public SizeLimit Size => _size;

    /// <summary>When messages get their numbers.</summary>
    public Numbering Numbering => _cursor.Numbering;

    /// <summary>How many messages are held, those included that were sent and not acknowledged.</summary>
    public int Count { get { lock (_frames) return _frames.Count; } }

    /// <summary>How many bytes they have.</summary>
    public long Bytes { get { lock (_frames) return _frames.Bytes; } }

    /// <summary>How many messages the peer has acknowledged so far, in this epoch and earlier ones.</summary>
    public long AcknowledgedInAll { get { lock (_frames) return _cursor.AcknowledgedInAll; } }

    /// <summary>Whether sending should not be put off any longer; a hint, read without the lock.</summary>
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
            TellRoom_NeedsLock();
            return enqueued;
        }
    }

    /// <summary>
    /// Queues a frame at once, of which one reference is taken over, and tells the sender to wait when that fills the outbox.
    /// </summary>
    public EnqueueOutcome EnqueueDirect(Frame frame)
    {
        lock (_frames)
        {
            // Senders that wait may fill the outbox twice over, so that order is kept without a second queue.
            var enqueued = Enqueue_NeedsLock(frame, excess: 2);
            // What was dropped may have been all that others wait behind.
            TellRoom_NeedsLock();
            return enqueued.Result == EnqueueStatus.Queued && Room.IsFull(excess: 1)
                ? enqueued with { Room = WaitForRoom_NeedsLock() }
                : enqueued;
        }
    }

    /// <summary>
    /// Queues an item whose sender has the turn, and takes over one reference. It is refused when the other peers have left no memory for
    /// it.
    /// </summary>
    public EnqueueOutcome EnqueueItem(Frame item)
    {
        lock (_frames)
        {
            if (_closed || !Room.IsTooLarge(item)) return Enqueue_NeedsLock(item, excess: 1);
        }
        item.Release();
        return new EnqueueOutcome(EnqueueStatus.Dropped);
    }

    /// <summary>Sends a frame ahead of the list and uncounted, if this connection is the linked one. Takes over one reference.</summary>
    /// <returns>False when the peer has left so many of them unread that this one is refused.</returns>
    public bool EnqueueAhead(object link, Frame frame)
    {
        lock (_frames)
        {
            if (_link == link) return _ahead.TryAdd(frame);
        }
        frame.Release();
        return true;
    }

    /// <summary>Sends an acknowledgement ahead of the list, in place of one that waits. Takes over one reference.</summary>
    public void EnqueueAck(object link, Frame ack)
    {
        lock (_frames)
        {
            if (_link == link) _ahead.Replace(ack);
            else ack.Release();
        }
    }

    /// <summary>
    /// Takes the turn of a streamed answer to queue one item, when it is free and there is room for an item. The turn ends with
    /// <see cref="PassTurn"/>. When the outbox is closed it is everybody's turn.
    /// </summary>
    /// <returns>Null when the caller has the turn; else what completes when it has.</returns>
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

    /// <summary>Waits no more for a turn; false when it was given at the same moment.</summary>
    public bool TryLeaveTurns(TaskCompletionSource turn)
    {
        lock (_frames) return _streams!.TryLeave(turn);
    }

    /// <summary>Says how large a message may be, before a connection is linked that says the same.</summary>
    public void TakeAtMost(int bytes)
    {
        lock (_frames) TakeAtMost_NeedsLock(bytes);
    }

    /// <summary>What was queued for a receiver that takes less now; null when there is nothing. The caller releases it.</summary>
    public List<Frame>? TakeOver()
    {
        lock (_frames) return _size.TakeOver();
    }

    /// <summary>
    /// Completes when the peer has acknowledged all that is queued now, or, of a client, all that it holds. At once when nobody counts;
    /// never when no connection is linked any more.
    /// </summary>
    public Task WhenAcknowledged()
    {
        lock (_frames)
        {
            if (_cursor.IsAllAcknowledged(_cursor.Queued)) return Task.CompletedTask;
            _confirmedAt = _cursor.Queued;
            return (_confirmed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Hands the next frame to the linked connection, which releases it once it is sent.</summary>
    /// <param name="link">Who asks; gets nothing unless it is linked.</param>
    /// <param name="frame">The frame; null when <paramref name="missed"/> is to be reported in its place.</param>
    /// <param name="missed">How many messages in a row are gone here.</param>
    /// <returns>False when there is nothing to send.</returns>
    public bool TryTake(object link, out Frame? frame, out long missed)
    {
        (frame, missed) = (null, 0);
        lock (_frames)
        {
            if (_link != link) return false;
            if (_ahead.TryTake(out frame)) return true;
            var isTaken = _cursor.TryTakeNext(out frame, out missed);
            if (Numbering == Numbering.None && isTaken) TellRoom_NeedsLock();
            // What was withdrawn is passed by, and may have been the last.
            if (!isTaken) TellConfirmed_NeedsLock();
            return isTaken;
        }
    }

    /// <summary>Lets go of what the peer says it has.</summary>
    /// <param name="link">Where it says so.</param>
    /// <param name="received">How many messages it has counted.</param>
    public AckResult Acknowledge(object link, long received)
    {
        lock (_frames)
        {
            var result = _link == link ? _cursor.Acknowledge(received) : AckResult.Ignored;
            if (result == AckResult.Applied) TellWaiting_NeedsLock();
            return result;
        }
    }

    /// <summary>Whether a peer can have counted this many messages: what it then lacks is still here, or known to be missed.</summary>
    public bool CanContinueFrom(long received)
    {
        lock (_frames) return _cursor.CanContinueFrom(received);
    }

    /// <summary>Links a connection that goes on where the peer stopped counting (docs/protocol.md section 7, rule 5).</summary>
    /// <param name="link">The connection.</param>
    /// <param name="received">What the peer has counted; see <see cref="CanContinueFrom"/>.</param>
    /// <param name="welcome">Makes the first frame, given how many messages are missing; null when there is none to be sent.</param>
    /// <param name="limit">The largest message that the peer takes from now on. Default any.</param>
    public void Continue(object link, long received, Func<long, Frame>? welcome, int limit = int.MaxValue)
    {
        lock (_frames)
        {
            _cursor.Acknowledge(received);
            TakeAtMost_NeedsLock(limit);
            // Ahead of what cannot be undone: it may throw.
            var first = welcome?.Invoke(_cursor.MissedAfter(received));
            _cursor.Rewind(received);
            Link_NeedsLock(link, first);
            TellWaiting_NeedsLock();
        }
    }

    /// <summary>Links a connection that starts a new epoch: messages that an earlier connection has sent are not sent again.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="numbering">When messages get their numbers from now on.</param>
    /// <param name="welcome">Makes the first frame; null when there is none to be sent.</param>
    /// <param name="limit">The largest message that the peer takes from now on. Default any.</param>
    /// <returns>What was sent and not acknowledged; the caller releases it.</returns>
    public List<Frame> Restart(object link, Numbering numbering, Func<Frame?>? welcome, int limit = int.MaxValue)
    {
        lock (_frames)
        {
            var unconfirmed = _cursor.Restart(numbering);
            TakeAtMost_NeedsLock(limit);
            Link_NeedsLock(link, welcome?.Invoke());
            TellWaiting_NeedsLock();
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

    /// <summary>Lets senders go that wait for room: the transport that would make it is gone.</summary>
    public void StopWaiting()
    {
        lock (_frames) TellRoom_NeedsLock(ifFull: true);
    }

    /// <summary>Releases all frames, and lets senders go that wait for room.</summary>
    /// <returns>How many were never sent.</returns>
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

    /// <summary>Takes all frames out, sent or not, and refuses new ones. The caller releases them.</summary>
    /// <param name="unsent">How many of them were never sent.</param>
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

    /// <summary>Releases all frames, and refuses new ones.</summary>
    /// <returns>How many were never sent.</returns>
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
        if (!_size.TryFit(ref frame)) return LeaveOut_NeedsLock(frame);
        var maker = new RoomMaker(Room, Policy, _shorten);
        var made = maker.MakeFor(ref frame, excess, isLinked: _link is not null);
        // What is dropped keeps its number: the receiver is told of the gap.
        if (made.Result is not (EnqueueStatus.Queued or EnqueueStatus.GivenUp)) _cursor.CountGap();
        if (made.Result == EnqueueStatus.Queued) _cursor.Add(frame);
        else frame.Release();
        return made;
    }

    private EnqueueOutcome LeaveOut_NeedsLock(Frame frame)
    {
        // Who sends a request or an item hears of it; the receivers of a broadcast are told of the gap.
        var isGap = frame.Kind is not (FrameKind.Request or FrameKind.StreamItem);
        if (isGap) _cursor.CountGap();
        frame.Release();
        return new EnqueueOutcome(EnqueueStatus.TooLarge, Dropped: isGap ? 1 : 0);
    }

    private void TakeAtMost_NeedsLock(int bytes)
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

    private bool IsTurnFree_NeedsLock(StreamTurns streams) => _closed || (streams.IsFree && Room.HasForItem);

    private void GiveTurn_NeedsLock()
    {
        while (_streams is { IsWaitedFor: true } streams && IsTurnFree_NeedsLock(streams)) streams.Give();
    }

    /// <summary>
    /// Null when so many wait already that most of their messages must have been dropped: a sender that never awaits must not pile up
    /// tasks.
    /// </summary>
    private Task? WaitForRoom_NeedsLock()
    {
        if (_waiting >= 2L * _limits.Messages) return null;
        _waiting++;
        return (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    private void TellWaiting_NeedsLock()
    {
        TellRoom_NeedsLock();
        TellConfirmed_NeedsLock();
    }

    private void TellRoom_NeedsLock(bool ifFull = false)
    {
        GiveTurn_NeedsLock();
        if (_room is not { } room || (!ifFull && Room.IsFull(excess: 1))) return;
        (_room, _waiting) = (null, 0);
        room.SetResult();
    }

    private void TellConfirmed_NeedsLock()
    {
        if (_confirmed is not { } confirmed || !_cursor.IsAllAcknowledged(_confirmedAt)) return;
        _confirmed = null;
        confirmed.SetResult();
    }
}
