namespace HeliosStarling;

/// <summary>
/// Which queued message is sent next, and how many were sent and acknowledged: the numbers of docs/protocol.md section 7, rules 1 to 4.
/// </summary>
/// <param name="frames">The messages.</param>
/// <remarks>Not thread-safe: its outbox locks.</remarks>
internal sealed class SendCursor(FrameRing frames)
{
    // Numbers of messages: the last one queued, passed by this connection, ever sent by one, acknowledged.
    private long _queued;
    private long _cursor;
    private long _everSent;
    private long _acknowledged;

    /// <summary>When messages get their numbers.</summary>
    public Numbering Numbering { get; private set; }

    /// <summary>The number of the last message that was queued.</summary>
    public long Queued => _queued;

    /// <summary>How many messages the peer has acknowledged, in this epoch and earlier ones.</summary>
    public long AcknowledgedInAll { get; private set; }

    /// <summary>Whether a peer can have counted this many messages: what it then lacks is still here, or known to be missed.</summary>
    public bool CanContinueFrom(long received) => received >= _acknowledged && received <= _everSent;

    /// <summary>How many messages are gone that the peer has not counted.</summary>
    public long MissedAfter(long received) => _queued - received - frames.Count;

    /// <summary>
    /// Whether the peer has acknowledged all messages up to this number, or, of a client, all that it holds. True when nobody counts.
    /// </summary>
    public bool IsAllAcknowledged(long number) => Numbering switch
    {
        Numbering.WhenQueued => _acknowledged >= number,
        Numbering.WhenSent => frames.Count == 0,
        _ => true,
    };

    /// <summary>Adds a frame at the end.</summary>
    public void Add(Frame frame)
    {
        CountGap();
        frames.Add(frame, _queued);
    }

    /// <summary>A frame is left out and keeps its number: the receiver is told of the gap.</summary>
    public void CountGap()
    {
        if (Numbering == Numbering.WhenQueued) _queued++;
    }

    /// <summary>Takes the next frame, with a reference for the caller.</summary>
    /// <param name="frame">The frame; null when <paramref name="missed"/> is to be reported in its place.</param>
    /// <param name="missed">How many messages in a row are gone here.</param>
    /// <returns>False when there is nothing to send.</returns>
    public bool TryTakeNext(out Frame? frame, out long missed)
    {
        missed = 0;
        var found = frames.TryPeekNext(out frame, out var number);
        if (Numbering == Numbering.WhenQueued)
        {
            missed = (found ? number - 1 : _queued) - _cursor;
            if (missed > 0) frame = null;
            _cursor = missed > 0 ? _cursor + missed : found ? number : _cursor;
            if (found && missed == 0) Pass(frame!, number);
            _everSent = Math.Max(_everSent, _cursor);
            return found || missed > 0;
        }
        for (; found; found = frames.TryPeekNext(out frame, out _))
        {
            if (frame!.Request is { } request && !request.TryMarkSent())
            {
                frames.RemoveNext().Release();
                continue;
            }
            if (Numbering == Numbering.None) frames.RemoveNext();
            else Pass(frame, _cursor = ++_everSent);
            return true;
        }
        return false;
    }

    /// <summary>Lets go of what the peer says it has.</summary>
    public AckResult Acknowledge(long received)
    {
        if (Numbering == Numbering.None || received <= _acknowledged) return AckResult.Ignored;
        if (received > _everSent) return AckResult.TooHigh;
        while (frames.TryPeekOldest(out var number, out var wasSent)
            && number <= received
            && (wasSent || Numbering == Numbering.WhenQueued))
            frames.RemoveOldest().Release();
        AcknowledgedInAll += received - _acknowledged;
        _acknowledged = received;
        _cursor = Math.Max(_cursor, received);
        return AckResult.Applied;
    }

    /// <summary>Goes back to where the peer stopped counting: what it lacks is sent again.</summary>
    public void Rewind(long received)
    {
        frames.Rewind();
        _cursor = received;
        if (Numbering != Numbering.WhenSent) return;
        _everSent = received;
        frames.Renumber(static (frame, _) =>
        {
            frame.Request?.MarkUnsent();
            return 0;
        });
    }

    /// <summary>Starts counting from zero.</summary>
    /// <param name="numbering">When messages get their numbers from now on.</param>
    /// <returns>What was sent and not acknowledged; the caller releases it.</returns>
    public List<Frame> Restart(Numbering numbering)
    {
        if (Numbering != Numbering.WhenQueued) frames.RemoveUnsent(static frame => frame.Request is { IsWithdrawn: true });
        var sent = TakeSent();
        // A gap that no connection has reported yet stays one.
        var keepsGaps = Numbering == Numbering.WhenQueued && numbering == Numbering.WhenQueued;
        long last = 0;
        var before = _everSent;
        frames.Renumber((_, number) => keepsGaps ? number - before : numbering == Numbering.WhenQueued ? ++last : 0);
        _queued = keepsGaps ? _queued - before : last;
        (Numbering, _cursor, _everSent, _acknowledged) = (numbering, 0, 0, 0);
        return sent;
    }

    private List<Frame> TakeSent()
    {
        var sent = new List<Frame>();
        while (frames.TryPeekOldest(out var number, out var wasSent) && (Numbering == Numbering.WhenQueued ? number <= _everSent : wasSent))
            sent.Add(frames.RemoveOldest());
        frames.Rewind();
        return sent;
    }

    private void Pass(Frame frame, long number)
    {
        frame.Request?.TryMarkSent();
        frame.Retain();
        frames.PassNext(number);
    }
}
