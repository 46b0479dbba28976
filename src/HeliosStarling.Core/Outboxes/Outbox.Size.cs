namespace HeliosStarling;

/// <content>What is larger than the receiver takes (docs/protocol.md section 4).</content>
internal sealed partial class Outbox
{
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

    private void TakeAtMost_NeedsLock(int bytes)
    {
        var isLess = bytes < _size.Bytes;
        _size.Bytes = bytes;
        if (isLess) _size.Apply(_frames);
    }

    private Enqueued LeaveOut_NeedsLock(Frame frame)
    {
        // Who sends a request or an item hears of it; the receivers of a broadcast are told of the gap.
        var isGap = frame.Kind is not (FrameKind.Request or FrameKind.StreamItem);
        if (isGap && Numbering == Numbering.WhenQueued) _queued++;
        frame.Release();
        return new Enqueued(EnqueueResult.TooLarge, Dropped: isGap ? 1 : 0);
    }
}
