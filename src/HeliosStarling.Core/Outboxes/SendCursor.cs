namespace HeliosStarling;

/// <summary>
/// Selects the next message to send, and keeps the numbers of sent and acknowledged messages (docs/protocol.md section 7, rules 1 to 4).
/// </summary>
/// <param name="frames">The messages.</param>
/// <remarks>Not thread-safe; guarded by the lock of the outbox.</remarks>
internal sealed class SendCursor(FrameRing frames)
{
    // Numbers of the last message that was queued, passed by this connection, sent by any connection, and acknowledged.
    private long _queued;
    private long _cursor;
    private long _everSent;
    private long _acknowledged;

    /// <summary>The time at which messages get their numbers.</summary>
    public Numbering Numbering { get; private set; }

    /// <summary>The number of the last message that was queued.</summary>
    public long Queued => _queued;

    /// <summary>The number of messages that the peer has acknowledged, in this epoch and earlier ones.</summary>
    public long AcknowledgedInAll { get; private set; }

    /// <summary>
    /// Determines whether the peer can have counted this number of messages. All later messages are then still available or known to be
    /// missed.
    /// </summary>
    public bool CanContinueFrom(long received) => received >= _acknowledged && received <= _everSent;

    /// <summary>Returns the number of missing messages that the peer has not counted.</summary>
    public long MissedAfter(long received) => _queued - received - frames.Count;

    /// <summary>
    /// Determines whether the peer has acknowledged all messages up to this number or, on a client, all messages in the outbox. True when
    /// messages are not counted.
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

    /// <summary>Counts a message that is dropped. It keeps its number, and the gap is reported to the receiver.</summary>
    public void CountGap()
    {
        if (Numbering == Numbering.WhenQueued) _queued++;
    }

    /// <summary>Returns the next frame, with a reference for the caller.</summary>
    /// <param name="frame">The frame; null when <paramref name="missed"/> must be reported instead.</param>
    /// <param name="missed">The number of consecutive messages that are missing at this point.</param>
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

    /// <summary>Releases the messages that the peer has acknowledged.</summary>
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

    /// <summary>Goes back to the last message that the peer counted, so that all later ones are sent again.</summary>
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

    /// <summary>Starts to count from zero.</summary>
    /// <param name="numbering">The time at which messages get their numbers from now on.</param>
    /// <returns>The messages that were sent and not acknowledged. The caller releases them.</returns>
    public List<Frame> Restart(Numbering numbering)
    {
        if (Numbering != Numbering.WhenQueued) frames.RemoveUnsent(static frame => frame.Request is { IsWithdrawn: true });
        var sent = TakeSent();
        // Gaps that no connection has reported yet are kept.
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
