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

    /// <summary>What the peer has of the pool's lane; null as long as all its handlers have ended at once.</summary>
    public Share? PoolShare => Volatile.Read(ref _poolShare);

    /// <summary>What the peer has of a lane.</summary>
    public Share ShareOf(bool blocking)
    {
        ref var share = ref blocking ? ref _threadShare : ref _poolShare;
        return Volatile.Read(ref share) ?? Interlocked.CompareExchange(ref share, new Share(), null) ?? share!;
    }

    /// <summary>Accounts for requests that wait or whose handlers go on, timed out ones too.</summary>
    public void Hold(int requests, long bytes)
    {
        Interlocked.Add(ref _handlers, requests);
        Interlocked.Add(ref _heldBytes, bytes);
    }

    /// <summary>Whether another message's handler would be one too many.</summary>
    private bool IsBusy => Volatile.Read(ref _observed) >= engine.Lanes.Limits.PerPeer;

    private bool HasRoomFor(in Message message)
    {
        var limits = engine.Lanes.Limits;
        var bytes = Volatile.Read(ref _heldBytes) + message.Data.Length + message.Metadata.Length;
        return Inbound.HasRoom && Volatile.Read(ref _handlers) < limits.PerPeer && bytes <= Math.Min(limits.BytesPerPeer, engine.Buffers.Free);
    }

    private void RefuseBusy() => Reply(engine.Encoder.Error(
        ErrorSeverity.Application, ErrorCodes.RequestQueueFull, "Too many messages are being handled: this one was not", default(RawJson)));
}
