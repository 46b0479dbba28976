namespace HeliosStarling;

/// <summary>Counts the bytes of notifications that one request keeps until application code processes them.</summary>
/// <param name="session">The session whose budget counts the bytes.</param>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class WaitingCharge(Session session)
{
    private long _charged;

    /// <summary>Subtracts the remaining bytes, because an application may abandon a request without reading its items.</summary>
    ~WaitingCharge() => session.Budget.Charge(-Volatile.Read(ref _charged));

    /// <summary>Counts bytes. Returns false when the peer has no room for them.</summary>
    public bool TryCharge(int bytes)
    {
        if (!session.Budget.TryCharge(bytes)) return false;
        Interlocked.Add(ref _charged, bytes);
        return true;
    }

    /// <summary>Subtracts bytes.</summary>
    public void Release(int bytes)
    {
        Interlocked.Add(ref _charged, -bytes);
        session.Budget.Charge(-bytes);
    }
}
