namespace HeliosStarling;

/// <content>How much of what the peer sent waits for application code to take it.</content>
internal abstract partial class Session
{
    /// <summary>
    /// Counts bytes of the peer that wait for application code, together with those that its handlers keep; false, and nothing is counted, when
    /// the peer has no room for them.
    /// </summary>
    public bool TryChargeWaiting(long bytes)
    {
        var held = Interlocked.Add(ref _heldBytes, bytes);
        if (held > Math.Min(engine.Lanes.Limits.BytesPerPeer, engine.Buffers.Free))
        {
            Interlocked.Add(ref _heldBytes, -bytes);
            return false;
        }
        engine.Buffers.Charge(bytes);
        return true;
    }

    /// <summary>Counts bytes no more that <see cref="TryChargeWaiting"/> has counted.</summary>
    public void ReleaseWaiting(long bytes)
    {
        Interlocked.Add(ref _heldBytes, -bytes);
        engine.Buffers.Charge(-bytes);
    }
}
