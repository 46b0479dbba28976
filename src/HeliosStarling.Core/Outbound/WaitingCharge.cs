namespace HeliosStarling;

/// <summary>What one request keeps of its peer's messages until application code takes them.</summary>
/// <param name="session">Whose budget it is.</param>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class WaitingCharge(Session session)
{
    private long _charged;

    /// <summary>Gives the rest back: an application may drop a request without reading what came for it.</summary>
    ~WaitingCharge() => session.Budget.Charge(-Volatile.Read(ref _charged));

    /// <summary>Counts bytes; false when the peer has no room for them.</summary>
    public bool TryCharge(int bytes)
    {
        if (!session.Budget.TryCharge(bytes)) return false;
        Interlocked.Add(ref _charged, bytes);
        return true;
    }

    /// <summary>Counts bytes no more.</summary>
    public void Release(int bytes)
    {
        Interlocked.Add(ref _charged, -bytes);
        session.Budget.Charge(-bytes);
    }
}
