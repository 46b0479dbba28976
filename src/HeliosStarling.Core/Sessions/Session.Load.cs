using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>How much of this side one peer keeps busy.</content>
internal abstract partial class Session
{
    private Share? _poolShare;
    private Share? _threadShare;
    private int _handlers;
    private long _heldBytes;
    private int _observed;

    // The message that the reader is handing on.
    private int _size;

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
        Interlocked.Add(ref _heldBytes, bytes);
    }

    /// <summary>Whether the handler of this message, which is no request, would be one too many.</summary>
    private bool IsBusy => Volatile.Read(ref _observed) >= engine.Lanes.Limits.PerPeer || !HasRoomFor(_size);

    private bool HasRoomFor(in Message message) =>
        Inbound.HasRoom && Volatile.Read(ref _handlers) < engine.Lanes.Limits.PerPeer && HasRoomFor(message.Data.Length + message.Metadata.Length);

    private bool HasRoomFor(int bytes) =>
        Volatile.Read(ref _heldBytes) + bytes <= Math.Min(engine.Lanes.Limits.BytesPerPeer, engine.Buffers.Free);

    /// <summary>Accounts for the handler of a message that is no request, which was given what came.</summary>
    private void Observe(int handlers, long bytes)
    {
        Interlocked.Add(ref _observed, handlers);
        Interlocked.Add(ref _heldBytes, bytes);
        engine.Buffers.Charge(bytes);
    }

    private void RefuseBusy() => Reply(engine.Encoder.Error(
        ErrorSeverity.Application, ErrorCodes.RequestQueueFull, "Too many messages are being handled: this one was not", default(RawJson)));
}
