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
        if (!Outbox.Memory.TryAddRunning(bytes, engine.Lanes.Limits.BytesPerPeer)) return false;
        engine.Buffers.Charge(bytes);
        return true;
    }

    /// <summary>Counts bytes no more that <see cref="TryChargeWaiting"/> has counted.</summary>
    public void ReleaseWaiting(long bytes)
    {
        Outbox.Memory.AddRunning(-bytes);
        engine.Buffers.Charge(-bytes);
    }
}
