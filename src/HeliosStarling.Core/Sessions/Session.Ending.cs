namespace HeliosStarling;

/// <content>What is to be waited for, and said, before a conversation ends in good order.</content>
internal abstract partial class Session
{
    private TaskCompletionSource? _quiet;
    private int _answering;

    /// <summary>Whether no request of the peer is open, all that were are answered, and no handler of its other messages runs.</summary>
    public bool IsQuiet => Inbound.Count == 0 && Volatile.Read(ref _answering) == 0 && Volatile.Read(ref _observed) == 0;

    /// <summary>A request is about to be open no more, before its answer is queued: the session is not quiet between.</summary>
    public void BeginAnswer() => Interlocked.Increment(ref _answering);

    /// <summary>The answer is queued.</summary>
    public void EndAnswer() => Interlocked.Decrement(ref _answering);

    /// <summary>Completes when the session is quiet for a moment at least.</summary>
    public Task WhenQuiet()
    {
        var quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        quiet = Interlocked.CompareExchange(ref _quiet, quiet, null) ?? quiet;
        // Looked up after the wish was left: whoever ends last sees it, or is seen to have ended.
        OnLessToDo();
        return quiet.Task;
    }

    /// <summary>Completes when the peer has answered all requests that are open now, or their time is over.</summary>
    public Task WhenAnswered() => Task.WhenAll(Outbound.Where(static _ => true).Select(static request => request.Settled));

    /// <summary>A request is answered, or a handler has ended: says so to who waits for the last.</summary>
    public void OnLessToDo()
    {
        if (Volatile.Read(ref _quiet) is not { } quiet || !IsQuiet) return;
        if (Interlocked.CompareExchange(ref _quiet, null, quiet) == quiet) quiet.SetResult();
    }

    /// <summary>Nobody will come back for what is kept: reports it as unconfirmed, and takes nothing more.</summary>
    /// <returns>How many messages were reported.</returns>
    public int ReportKept() => Report(TakeKept());

    /// <summary>Takes what is kept, for <see cref="Report"/>, and takes nothing more.</summary>
    public List<Frame> TakeKept()
    {
        TryEnd(ifAway: false);
        var kept = Outbox.TakeKept(out var unsent);
        engine.Metrics.Dropped(unsent, DropReasons.ConnectionClosed);
        return kept;
    }

    /// <summary>Tells the application of what it sent, requests aside, and releases all.</summary>
    /// <returns>How many messages it is told of.</returns>
    public int Report(List<Frame> frames)
    {
        var messages = frames.FindAll(static frame => frame.Request is null && frame.Kind is not (FrameKind.Own or FrameKind.Token));
        if (messages.Count > 0) OnUnconfirmed(messages);
        foreach (var frame in frames) frame.Release();
        return messages.Count;
    }
}
