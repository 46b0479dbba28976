using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>How much of this side one peer keeps busy.</content>
internal abstract partial class Session
{
    // About what a handler that awaits takes: its state machine, its context and what it waits for.
    private const int HandlerOverhead = 512;

    private Share? _poolShare;
    private Share? _threadShare;
    private int _handlers;
    private int _observed;
    private long _overhead;

    /// <summary>What the peer has of the pool's lane; null as long as all its handlers have ended at once.</summary>
    public Share? PoolShare => Volatile.Read(ref _poolShare);

    /// <summary>What the peer has of a lane.</summary>
    public Share ShareOf(bool blocking)
    {
        ref var share = ref blocking ? ref _threadShare : ref _poolShare;
        return Volatile.Read(ref share) ?? Interlocked.CompareExchange(ref share, new Share(), null) ?? share!;
    }

    /// <summary>Accounts for requests that wait or whose handlers go on, timed out ones too, and for their bytes.</summary>
    public void Hold(int requests, long bytes)
    {
        Interlocked.Add(ref _handlers, requests);
        Outbox.Memory.AddRunning(bytes);
    }

    /// <summary>Accounts for handlers of other messages that go on, and what they were given.</summary>
    /// <param name="handlers">How many more run, or fewer.</param>
    /// <param name="bytes">The bytes of their messages.</param>
    /// <param name="overhead">What else they were given.</param>
    private void HoldObserved(int handlers, long bytes, long overhead)
    {
        overhead += handlers * HandlerOverhead;
        Interlocked.Add(ref _observed, handlers);
        Interlocked.Add(ref _overhead, overhead);
        Outbox.Memory.AddRunning(bytes + overhead);
        engine.Buffers.Charge(bytes + overhead);
    }

    /// <summary>Counts copies of unconfirmed messages for the peer until the application's handlers of the event have ended.</summary>
    protected async Task ChargeWhileAsync(IReadOnlyList<UnconfirmedMessage> copies, Func<Task> tell)
    {
        var bytes = copies.Sum(static copy => (long)copy.Data.Length + HandlerOverhead);
        Outbox.Memory.AddRunning(bytes);
        engine.Buffers.Charge(bytes);
        try
        {
            await tell().ConfigureAwait(false);
        }
        finally
        {
            Outbox.Memory.AddRunning(-bytes);
            engine.Buffers.Charge(-bytes);
        }
    }

    /// <summary>Whether another message's handler would be one too many, or what it is given too much.</summary>
    private bool IsTooBusyFor(int size) => Volatile.Read(ref _observed) >= engine.Lanes.Limits.PerPeer || !HasRoomForBytes(size, HandlerOverhead);

    private bool HasRoomFor(in Message message) =>
        Inbound.HasRoom && Volatile.Read(ref _handlers) < engine.Lanes.Limits.PerPeer && HasRoomForBytes(SizeKept(in message));

    // The limit of one peer is for bytes of messages; what handlers take beside them counts for the memory alone.
    private bool HasRoomForBytes(int size, int overhead = 0)
    {
        var running = Outbox.Memory.Running;
        var ofMessages = running - Volatile.Read(ref _overhead);
        return ofMessages + size <= engine.Lanes.Limits.BytesPerPeer && running + size + overhead <= Outbox.Memory.LimitOfRunning;
    }

    /// <summary>A peer that pings and does not read is closed: no answer is lost in silence, and none of them piles up.</summary>
    private void AnswerPing(Connection from, in Message ping)
    {
        if (!Outbox.EnqueueAhead(from, engine.Encoder.Ack(ping.IdText.Span, Epoch is null ? null : Received))) from.BeginClose(CloseCode.TooSlow, "answers to pings are not read");
        else if (Outbox.IsHalfFull) from.Wake();
    }

    private void RefuseBusy() => Reply(engine.Encoder.Error(
        ErrorSeverity.Application, ErrorCodes.RequestQueueFull, QueueFull.Messages(engine.Lanes.Limits), default(RawJson)));
}
