using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>
/// What one peer is sent: one list in order, bounded in messages and bytes, that outlives connections. The linked connection moves a
/// pointer along it; with numbering, messages stay until they are acknowledged (docs/protocol.md section 7, rules 2 and 4).
/// </summary>
/// <param name="limits">How much it holds.</param>
/// <param name="shorten">Makes the short failure that stands in for an answer when there is no room to keep that.</param>
/// <param name="memory">What the peer has, and may have, of the memory that all share.</param>
/// <param name="size">The largest message that the peer takes. Default any.</param>
/// <remarks>Safe to call concurrently; frames leave in the order in which they were enqueued.</remarks>
internal sealed partial class Outbox(OutboxLimits limits, Func<Frame, Frame> shorten, PeerMemory memory, SizeLimit? size = null)
{
    // What the answers to a peer's pings may take while it does not read them.
    private const long MostAhead = BufferPool.Least;

    // Locked on, too: a lock of its own would be one more object for each idle connection.
    private readonly FrameRing _frames = new(memory);
    private readonly SizeLimit _size = size ?? new SizeLimit(static (frame, _) => frame.Retain());
    private Connection? _link;

    // What lives and dies with the linked connection and goes ahead of the list: the welcome, then acks.
    private Queue<Frame>? _ahead;
    private Frame? _ack;
    private long _aheadCost;

    // Numbers of messages: the last one queued, passed by this connection, ever handed to one, acknowledged.
    private long _queued;
    private long _sent;
    private long _handed;
    private long _acknowledged;

    // The same over all epochs.
    private long _acknowledgedEver;

    private TaskCompletionSource? _room;
    private int _waiting;
    private bool _closed;

    /// <summary>What happens when there is no room.</summary>
    public OutboxPolicy? Policy { get; set; } = limits.Policy;

    /// <summary>What the peer has of the memory that all share.</summary>
    public PeerMemory Memory => memory;

    /// <summary>The largest message that the peer takes.</summary>
    public SizeLimit Size => _size;

    /// <summary>When messages get their numbers.</summary>
    public Numbering Numbering { get; private set; }

    /// <summary>How many messages are held, those included that were sent and not acknowledged.</summary>
    public int Count
    {
        get { lock (_frames) return _frames.Count; }
    }

    /// <summary>How many bytes they have.</summary>
    public long Bytes
    {
        get { lock (_frames) return _frames.Bytes; }
    }

    /// <summary>How many messages the peer has acknowledged so far, in this epoch and earlier ones.</summary>
    public long AcknowledgedEver
    {
        get { lock (_frames) return _acknowledgedEver; }
    }

    /// <summary>Whether sending should not be put off any longer; a hint, read without the lock.</summary>
    public bool IsHalfFull => _frames.UnsentCount >= limits.Messages / 2 || _frames.UnsentBytes >= Math.Min(limits.Bytes, memory.LimitOfLeaving) / 2 || _aheadCost >= MostAhead / 2;

    /// <summary>Queues a frame without waiting and takes over one reference to it.</summary>
    public Enqueued Enqueue(Frame frame)
    {
        TaskCompletionSource? room;
        Enqueued enqueued;
        lock (_frames)
        {
            enqueued = Enqueue_NeedsLock(frame, excess: 1);
            room = TakeRoom_NeedsLock();
        }
        room?.SetResult();
        return enqueued;
    }

    /// <summary>Queues a frame at once, of which one reference is taken over, and tells the sender to wait when that fills the outbox.</summary>
    public Enqueued EnqueueDirect(Frame frame)
    {
        TaskCompletionSource? room;
        Enqueued enqueued;
        lock (_frames)
        {
            // Senders that wait may fill the outbox twice over, so that order is kept without a second queue.
            enqueued = Enqueue_NeedsLock(frame, excess: 2);
            room = TakeRoom_NeedsLock();
            var waits = enqueued.Result == EnqueueResult.Queued && IsFull_NeedsLock(excess: 1);
            if (waits) enqueued = enqueued with { Room = WaitForRoom_NeedsLock() };
        }
        // What was dropped may have been all that others wait behind.
        room?.SetResult();
        return enqueued;
    }

    /// <summary>Sends a frame ahead of the list and uncounted, if this connection is the linked one. Takes over one reference.</summary>
    /// <returns>False when the peer has left so many of them unread that this one is refused.</returns>
    public bool EnqueueAhead(Connection link, Frame frame)
    {
        lock (_frames)
        {
            var isRefused = _link == link && _aheadCost + frame.Cost > MostAhead;
            if (_link != link || isRefused) frame.Release();
            else AddAhead_NeedsLock(frame);
            return !isRefused;
        }
    }

    /// <summary>Sends an acknowledgement ahead of the list, in place of one that waits. Takes over one reference.</summary>
    public void EnqueueAck(Connection link, Frame ack)
    {
        lock (_frames)
        {
            var old = _link == link ? _ack : ack;
            if (_link == link) _ack = ack;
            old?.Release();
        }
    }

    /// <summary>Hands the next frame to the linked connection, which releases it once it is sent.</summary>
    /// <param name="link">Who asks; gets nothing unless it is linked.</param>
    /// <param name="frame">The frame; null when <paramref name="missed"/> is to be reported in its place.</param>
    /// <param name="missed">How many messages in a row are gone here.</param>
    /// <returns>False when there is nothing to send.</returns>
    public bool TryTake(Connection link, out Frame? frame, out long missed)
    {
        (frame, missed) = (null, 0);
        TaskCompletionSource? room = null, confirmed = null;
        bool isTaken;
        lock (_frames)
        {
            if (_link != link) return false;
            if (TryTakeAhead_NeedsLock(out frame)) return true;
            isTaken = TryTakeNext_NeedsLock(out frame, out missed);
            if (Numbering == Numbering.None && isTaken) room = TakeRoom_NeedsLock();
            // What was withdrawn is passed by, and may have been the last.
            if (!isTaken) confirmed = TakeConfirmed_NeedsLock();
        }
        room?.SetResult();
        confirmed?.SetResult();
        return isTaken;
    }

    /// <summary>Lets go of what the peer says it has.</summary>
    /// <param name="link">Where it says so.</param>
    /// <param name="received">How many messages it has counted.</param>
    public AckResult Acknowledge(Connection link, long received)
    {
        TaskCompletionSource? room, confirmed;
        lock (_frames)
        {
            if (_link != link || Numbering == Numbering.None || received <= _acknowledged) return AckResult.Ignored;
            if (received > _handed) return AckResult.TooHigh;
            Acknowledge_NeedsLock(received);
            (room, confirmed) = (TakeRoom_NeedsLock(), TakeConfirmed_NeedsLock());
        }
        room?.SetResult();
        confirmed?.SetResult();
        return AckResult.Applied;
    }

    /// <summary>Whether a peer can have counted this many messages: what it then lacks is still here, or known to be missed.</summary>
    public bool CanContinueFrom(long received)
    {
        lock (_frames) return received >= _acknowledged && received <= _handed;
    }

    /// <summary>Links a connection that goes on where the peer stopped counting (docs/protocol.md section 7, rule 5).</summary>
    /// <param name="link">The connection.</param>
    /// <param name="received">What the peer has counted; see <see cref="CanContinueFrom"/>.</param>
    /// <param name="welcome">Makes the first frame, given how many messages are missing; null when there is none to be sent.</param>
    /// <param name="limit">The largest message that the peer takes from now on. Default any.</param>
    public void Continue(Connection link, long received, Func<long, Frame>? welcome, int limit = int.MaxValue)
    {
        TaskCompletionSource? room, confirmed;
        lock (_frames)
        {
            if (received > _acknowledged) Acknowledge_NeedsLock(received);
            TakeAtMost_NeedsLock(limit);
            // Ahead of what cannot be undone: it may throw.
            var first = welcome?.Invoke(_queued - received - _frames.Count);
            _frames.Rewind();
            _sent = received;
            if (Numbering == Numbering.WhenSent)
            {
                _handed = received;
                _frames.Renumber(static (frame, _) =>
                {
                    frame.Request?.TakeBack();
                    return 0;
                });
            }
            Link_NeedsLock(link, first);
            (room, confirmed) = (TakeRoom_NeedsLock(), TakeConfirmed_NeedsLock());
        }
        room?.SetResult();
        confirmed?.SetResult();
    }

    /// <summary>Links a connection that begins anew: what was handed to an earlier one is not sent again.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="numbering">When messages get their numbers from now on.</param>
    /// <param name="welcome">Makes the first frame; null when there is none to be sent.</param>
    /// <param name="limit">The largest message that the peer takes from now on. Default any.</param>
    /// <returns>What was sent and not acknowledged; the caller releases it.</returns>
    public List<Frame> Restart(Connection link, Numbering numbering, Func<Frame?>? welcome, int limit = int.MaxValue)
    {
        TaskCompletionSource? room, confirmed;
        List<Frame> unconfirmed;
        lock (_frames)
        {
            if (Numbering != Numbering.WhenQueued) _frames.RemoveUnsent(static frame => frame.Request is { IsWithdrawn: true });
            unconfirmed = TakeHanded_NeedsLock();
            Renumber_NeedsLock(numbering);
            TakeAtMost_NeedsLock(limit);
            Link_NeedsLock(link, welcome?.Invoke());
            (room, confirmed) = (TakeRoom_NeedsLock(), TakeConfirmed_NeedsLock());
        }
        room?.SetResult();
        confirmed?.SetResult();
        return unconfirmed;
    }

    /// <summary>Unlinks a connection.</summary>
    public void Unlink(Connection link)
    {
        lock (_frames)
        {
            if (_link == link) Link_NeedsLock(null, null);
        }
    }

    /// <summary>Lets senders go that wait for room: the transport that would make it is gone.</summary>
    public void StopWaiting()
    {
        TaskCompletionSource? room;
        lock (_frames) room = TakeRoom_NeedsLock(ifFull: true);
        room?.SetResult();
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

    /// <summary>Releases all frames, and refuses new ones.</summary>
    /// <returns>How many were never sent.</returns>
    public int Close()
    {
        var all = TakeKept(out var unsent);
        foreach (var frame in all) frame.Release();
        return unsent;
    }

    private bool TryTakeAhead_NeedsLock([NotNullWhen(true)] out Frame? frame)
    {
        if (_ahead is not null && _ahead.TryDequeue(out frame))
        {
            _aheadCost -= frame.Cost;
            return true;
        }
        (frame, _ack, _ahead) = (_ack, null, null);
        return frame is not null;
    }

    private bool TryTakeNext_NeedsLock(out Frame? frame, out long missed)
    {
        missed = 0;
        var found = _frames.TryPeekNext(out frame, out var number);
        if (Numbering == Numbering.WhenQueued)
        {
            missed = (found ? number - 1 : _queued) - _sent;
            if (missed > 0) frame = null;
            _sent = missed > 0 ? _sent + missed : found ? number : _sent;
            if (found && missed == 0) Pass_NeedsLock(frame!, number);
            _handed = Math.Max(_handed, _sent);
            return found || missed > 0;
        }
        for (; found; found = _frames.TryPeekNext(out frame, out _))
        {
            if (frame!.Request is { } request && !request.TrySend())
            {
                _frames.RemoveNext().Release();
                continue;
            }
            if (Numbering == Numbering.None) _frames.RemoveNext();
            else Pass_NeedsLock(frame, _sent = ++_handed);
            return true;
        }
        return false;
    }

    private void Pass_NeedsLock(Frame frame, long number)
    {
        frame.Request?.TrySend();
        frame.Retain();
        _frames.PassNext(number);
    }

    private void Acknowledge_NeedsLock(long received)
    {
        while (_frames.TryPeekOldest(out var number, out var wasSent) && number <= received && (wasSent || Numbering == Numbering.WhenQueued))
            _frames.RemoveOldest().Release();
        _acknowledgedEver += received - _acknowledged;
        _acknowledged = received;
        _sent = Math.Max(_sent, received);
    }

    private List<Frame> TakeHanded_NeedsLock()
    {
        var handed = new List<Frame>();
        while (_frames.TryPeekOldest(out var number, out var wasSent) && (Numbering == Numbering.WhenQueued ? number <= _handed : wasSent))
            handed.Add(_frames.RemoveOldest());
        _frames.Rewind();
        return handed;
    }

    private void Renumber_NeedsLock(Numbering numbering)
    {
        // A gap that no connection has reported yet stays one.
        var keepsGaps = Numbering == Numbering.WhenQueued && numbering == Numbering.WhenQueued;
        long last = 0;
        var before = _handed;
        _frames.Renumber((_, number) => keepsGaps ? number - before : numbering == Numbering.WhenQueued ? ++last : 0);
        _queued = keepsGaps ? _queued - before : last;
        (Numbering, _sent, _handed, _acknowledged) = (numbering, 0, 0, 0);
    }

    private void Link_NeedsLock(Connection? link, Frame? first)
    {
        while (_ahead is not null && _ahead.TryDequeue(out var frame)) frame.Release();
        _ack?.Release();
        (_link, _ahead, _ack, _aheadCost) = (link, null, null, 0);
        if (first is not null) AddAhead_NeedsLock(first);
    }

    private void AddAhead_NeedsLock(Frame frame)
    {
        (_ahead ??= new Queue<Frame>()).Enqueue(frame);
        _aheadCost += frame.Cost;
    }
}
