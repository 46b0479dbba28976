namespace HeliosStarling;

/// <summary>
/// How much of this side one peer keeps busy: its requests, the handlers of its other messages, and the bytes that they keep.
/// </summary>
/// <param name="engine">Sets the limits, and has the memory of all peers.</param>
/// <param name="memory">The peer's part of that memory.</param>
/// <param name="requests">The peer's requests that are open.</param>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class PeerBudget(Engine engine, PeerMemory memory, RequestTable<IOpenRequest> requests)
{
    /// <summary>About how many bytes a handler that awaits takes: its state machine, its context and what it waits for.</summary>
    public const int HandlerOverhead = 512;

    private PeerQuota? _poolQuota;
    private PeerQuota? _threadQuota;
    private TaskCompletionSource? _quiet;
    private int _answering;
    private int _handlers;
    private int _detached;
    private long _overhead;

    /// <summary>What the peer has of the pool's lane; null as long as all its handlers have ended at once.</summary>
    public PeerQuota? PoolQuota => Volatile.Read(ref _poolQuota);

    /// <summary>Whether no request of the peer is open, all that were are answered, and no handler of its other messages runs.</summary>
    public bool IsQuiet => requests.Count == 0 && Volatile.Read(ref _answering) == 0 && Volatile.Read(ref _detached) == 0;

    /// <summary>What the peer has of a lane.</summary>
    public PeerQuota QuotaOf(bool blocking)
    {
        ref var quota = ref blocking ? ref _threadQuota : ref _poolQuota;
        return Volatile.Read(ref quota) ?? Interlocked.CompareExchange(ref quota, new PeerQuota(), null) ?? quota!;
    }

    /// <summary>Whether the peer may have another request that stays open.</summary>
    /// <param name="size">How many bytes its handler is given.</param>
    public bool HasRoomForRequest(int size) =>
        requests.HasRoom && Volatile.Read(ref _handlers) < engine.Lanes.Limits.PerPeer && HasRoomForBytes(size);

    /// <summary>Whether the peer may have another handler of a message that is no request.</summary>
    /// <param name="size">How many bytes it is given.</param>
    public bool HasRoomForHandler(int size) =>
        Volatile.Read(ref _detached) < engine.Lanes.Limits.PerPeer && HasRoomForBytes(size, HandlerOverhead);

    /// <summary>Counts requests that wait or whose handlers go on, timed out ones too, and their bytes.</summary>
    public void ChargeRequest(int requests, long bytes)
    {
        Interlocked.Add(ref _handlers, requests);
        Charge(bytes);
    }

    /// <summary>Counts handlers of other messages that go on, and what they were given.</summary>
    /// <param name="handlers">How many more run, or fewer.</param>
    /// <param name="bytes">The bytes of their messages.</param>
    /// <param name="overhead">What else they were given.</param>
    public void ChargeDetached(int handlers, long bytes, long overhead)
    {
        overhead += handlers * HandlerOverhead;
        Interlocked.Add(ref _detached, handlers);
        Interlocked.Add(ref _overhead, overhead);
        Charge(bytes + overhead);
    }

    /// <summary>Counts bytes that are kept for the peer, or, when negative, counts them no more.</summary>
    public void Charge(long bytes)
    {
        memory.AddRunning(bytes);
        engine.Buffers.Charge(bytes);
    }

    /// <summary>
    /// Counts bytes of the peer that wait for application code, together with those that its handlers keep; false, and nothing is counted,
    /// when the peer has no room for them.
    /// </summary>
    public bool TryCharge(long bytes)
    {
        if (!memory.TryAddRunning(bytes, engine.Lanes.Limits.BytesPerPeer)) return false;
        engine.Buffers.Charge(bytes);
        return true;
    }

    /// <summary>A request is about to be open no more, before its answer is queued: the peer is not quiet between.</summary>
    public void BeginAnswer() => Interlocked.Increment(ref _answering);

    /// <summary>The answer is queued.</summary>
    public void EndAnswer() => Interlocked.Decrement(ref _answering);

    /// <summary>Completes when the peer is quiet for a moment at least.</summary>
    public Task WhenQuiet()
    {
        var quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        quiet = Interlocked.CompareExchange(ref _quiet, quiet, null) ?? quiet;
        // Looked up after the wish was left: the last handler sees it, or is seen to have ended.
        OnLessToDo();
        return quiet.Task;
    }

    /// <summary>A request is answered, or a handler has ended: completes <see cref="WhenQuiet"/> if it was the last.</summary>
    public void OnLessToDo()
    {
        if (Volatile.Read(ref _quiet) is not { } quiet || !IsQuiet) return;
        if (Interlocked.CompareExchange(ref _quiet, null, quiet) == quiet) quiet.SetResult();
    }

    // The limit of one peer is for bytes of messages; what handlers take beside them counts for the memory alone.
    private bool HasRoomForBytes(int size, int overhead = 0)
    {
        var running = memory.Running;
        var ofMessages = running - Volatile.Read(ref _overhead);
        return ofMessages + size <= engine.Lanes.Limits.BytesPerPeer && running + size + overhead <= memory.LimitOfRunning;
    }
}
