namespace HeliosStarling;

/// <summary>
/// Counts the work that one peer causes on this side: its requests, the handlers of its other messages, and the bytes that they keep.
/// </summary>
/// <param name="engine">Provides the limits and the memory of all peers.</param>
/// <param name="memory">The memory of the peer.</param>
/// <param name="requests">The open requests of the peer.</param>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class PeerBudget(Engine engine, PeerMemory memory, RequestTable<IOpenRequest> requests)
{
    /// <summary>
    /// The approximate number of bytes that a handler needs after its first await: the state machine, the context and the awaited task.
    /// </summary>
    public const int HandlerOverhead = 512;

    private PeerQuota? _poolQuota;
    private PeerQuota? _threadQuota;
    private TaskCompletionSource? _quiet;
    private int _answering;
    private int _handlers;
    private int _detached;
    private long _overhead;

    /// <summary>The peer's quota in the lane of the thread pool; null until one of its handlers has had to await.</summary>
    public PeerQuota? PoolQuota => Volatile.Read(ref _poolQuota);

    /// <summary>
    /// Indicates whether the peer has no open request, no answer that is being queued, and no running handler of another message.
    /// </summary>
    public bool IsQuiet => requests.Count == 0 && Volatile.Read(ref _answering) == 0 && Volatile.Read(ref _detached) == 0;

    /// <summary>Returns the peer's quota in a lane.</summary>
    public PeerQuota QuotaOf(bool blocking)
    {
        ref var quota = ref blocking ? ref _threadQuota : ref _poolQuota;
        return Volatile.Read(ref quota) ?? Interlocked.CompareExchange(ref quota, new PeerQuota(), null) ?? quota!;
    }

    /// <summary>Determines whether the peer may have another open request.</summary>
    /// <param name="size">The number of bytes that its handler gets.</param>
    public bool HasRoomForRequest(int size) =>
        requests.HasRoom && Volatile.Read(ref _handlers) < engine.Lanes.Limits.PerPeer && HasRoomForBytes(size);

    /// <summary>Indicates whether a message was refused because the shared memory, and no limit of the peer, has no room for it.</summary>
    public bool LacksMemory(int size) =>
        memory.Running - Volatile.Read(ref _overhead) + size <= engine.Lanes.Limits.BytesPerPeer
        && memory.Running + size > memory.LimitOfRunning;

    /// <summary>Determines whether the peer may have another handler of a message that is not a request.</summary>
    /// <param name="size">The number of bytes that the handler gets.</param>
    public bool HasRoomForHandler(int size) =>
        Volatile.Read(ref _detached) < engine.Lanes.Limits.PerPeer && HasRoomForBytes(size, HandlerOverhead);

    /// <summary>Counts requests that wait or whose handlers still run, including timed out ones, and their bytes.</summary>
    public void ChargeRequest(int requests, long bytes)
    {
        Interlocked.Add(ref _handlers, requests);
        Charge(bytes);
    }

    /// <summary>Counts handlers of other messages that still run, and their bytes.</summary>
    /// <param name="handlers">The change in the number of handlers.</param>
    /// <param name="bytes">The change in the bytes of their messages.</param>
    /// <param name="overhead">The change in the additional bytes of their arguments.</param>
    public void ChargeDetached(int handlers, long bytes, long overhead)
    {
        overhead += handlers * HandlerOverhead;
        Interlocked.Add(ref _detached, handlers);
        Interlocked.Add(ref _overhead, overhead);
        Charge(bytes + overhead);
    }

    /// <summary>Counts bytes that are kept for the peer. A negative number subtracts them again.</summary>
    public void Charge(long bytes)
    {
        memory.AddRunning(bytes);
        engine.Buffers.Charge(bytes);
    }

    /// <summary>
    /// Counts bytes of the peer that wait for application code. They share one limit with the bytes that handlers keep. Returns false, and
    /// counts nothing, when the limit is reached.
    /// </summary>
    public bool TryCharge(long bytes)
    {
        if (!memory.TryAddRunning(bytes, engine.Lanes.Limits.BytesPerPeer)) return false;
        engine.Buffers.Charge(bytes);
        return true;
    }

    /// <summary>Called before a request is removed and its answer is queued, so that the peer is not quiet in between.</summary>
    public void BeginAnswer() => Interlocked.Increment(ref _answering);

    /// <summary>Called after the answer was queued.</summary>
    public void EndAnswer() => Interlocked.Decrement(ref _answering);

    /// <summary>Completes when the peer is quiet, at least for a moment.</summary>
    public Task WhenQuiet()
    {
        var quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        quiet = Interlocked.CompareExchange(ref _quiet, quiet, null) ?? quiet;
        // This check comes after the source was stored. Either the last handler sees the source, or it is seen to have ended.
        SignalIfQuiet();
        return quiet.Task;
    }

    /// <summary>
    /// Completes <see cref="WhenQuiet"/> if the peer is quiet. Called when a request was answered or a handler has ended.
    /// </summary>
    public void SignalIfQuiet()
    {
        if (Volatile.Read(ref _quiet) is not { } quiet || !IsQuiet) return;
        if (Interlocked.CompareExchange(ref _quiet, null, quiet) == quiet) quiet.SetResult();
    }

    // The limit of one peer applies to bytes of messages. The additional bytes of handlers count only for the shared memory.
    private bool HasRoomForBytes(int size, int overhead = 0)
    {
        var running = memory.Running;
        var ofMessages = running - Volatile.Read(ref _overhead);
        return ofMessages + size <= engine.Lanes.Limits.BytesPerPeer && running + size + overhead <= memory.LimitOfRunning;
    }
}
