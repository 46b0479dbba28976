namespace HeliosStarling;

/// <summary>The starlings that are kept after their connection ended, in the order in which they lost it.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class HeldStarlings(TimeProvider time, TimeSpan ttl, int limit)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(Starling Starling, long Since)> _held = [];
    private readonly Dictionary<Starling, LinkedListNode<(Starling Starling, long Since)>> _places = [];

    /// <summary>How many are held.</summary>
    public int Count
    {
        get { lock (_lock) return _held.Count; }
    }

    /// <summary>Keeps a starling from now on; beyond the limit the one held longest is forgotten for it.</summary>
    public void Hold(Starling starling)
    {
        Starling? evicted = null;
        lock (_lock)
        {
            Release_NeedsLock(starling);
            _places[starling] = _held.AddLast((starling, time.GetTimestamp()));
            if (_held.Count > limit) evicted = TakeOldest_NeedsLock();
        }
        evicted?.Expire();
    }

    /// <summary>A starling is connected again, or gone.</summary>
    public void Release(Starling starling)
    {
        lock (_lock) Release_NeedsLock(starling);
    }

    /// <summary>Takes out one whose time is over; null when there is none.</summary>
    public Starling? TryTakeExpired()
    {
        lock (_lock) return _held.First is { Value.Since: var since } && time.GetElapsedTime(since) >= ttl ? TakeOldest_NeedsLock() : null;
    }

    private Starling TakeOldest_NeedsLock()
    {
        var oldest = _held.First!.Value.Starling;
        Release_NeedsLock(oldest);
        return oldest;
    }

    private void Release_NeedsLock(Starling starling)
    {
        if (_places.Remove(starling, out var place)) _held.Remove(place);
    }
}
