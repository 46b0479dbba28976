namespace HeliosStarling;

/// <content>What is to be waited for, and taken, before a conversation ends in good order.</content>
internal sealed partial class Outbox
{
    // Who waits for an acknowledgement, and of how many messages.
    private TaskCompletionSource? _confirmed;
    private long _confirmedAt;

    /// <summary>
    /// Completes when the peer has acknowledged all that is queued now, or, of a client, all that it holds. At once when nobody counts; never when no
    /// connection is linked any more.
    /// </summary>
    public Task WhenAcknowledged()
    {
        lock (_frames)
        {
            if (IsAllAcknowledged_NeedsLock(_queued)) return Task.CompletedTask;
            _confirmedAt = _queued;
            return (_confirmed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
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

    private bool IsAllAcknowledged_NeedsLock(long queued) => Numbering switch
    {
        Numbering.WhenQueued => _acknowledged >= queued,
        Numbering.WhenSent => _frames.Count == 0,
        _ => true,
    };

    private TaskCompletionSource? TakeConfirmed_NeedsLock()
    {
        if (_confirmed is null || !IsAllAcknowledged_NeedsLock(_confirmedAt)) return null;
        var confirmed = _confirmed;
        _confirmed = null;
        return confirmed;
    }
}
