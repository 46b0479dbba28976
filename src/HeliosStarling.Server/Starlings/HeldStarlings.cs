namespace HeliosStarling;

/// <summary>The starlings that are kept after their connection ended, in the order in which they lost it.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class HeldStarlings(TimeProvider time, TimeSpan ttl, int limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Starling, LinkedListNode<(Starling Starling, long Since)>> _places = [];

    // Those to whom somebody may return, and those to whom nobody can: had they one list, a client that comes and goes would push out all others.
    private readonly LinkedList<(Starling Starling, long Since)> _awaited = [];
    private readonly LinkedList<(Starling Starling, long Since)> _left = [];

    /// <summary>How many are held.</summary>
    public int Count
    {
        get { lock (_lock) return _places.Count; }
    }

    /// <summary>
    /// Keeps a starling from now on; beyond the limit the one held longest is forgotten for it, of those without token as long as there are any.
    /// </summary>
    public void Hold(Starling starling)
    {
        Starling? evicted = null;
        var now = time.GetTimestamp();
        lock (_lock)
        {
            Release_NeedsLock(starling);
            _places[starling] = (starling.HasToken ? _awaited : _left).AddLast((starling, now));
            if (_places.Count > limit) evicted = Take_NeedsLock(_left.First ?? _awaited.First!);
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
        var now = time.GetTimestamp();
        lock (_lock)
        {
            if (IsExpired(_awaited.First, now)) return Take_NeedsLock(_awaited.First!);
            return IsExpired(_left.First, now) ? Take_NeedsLock(_left.First!) : null;
        }
    }

    private bool IsExpired(LinkedListNode<(Starling Starling, long Since)>? place, long now) => place is not null && time.GetElapsedTime(place.Value.Since, now) >= ttl;

    private Starling Take_NeedsLock(LinkedListNode<(Starling Starling, long Since)> place)
    {
        Release_NeedsLock(place.Value.Starling);
        return place.Value.Starling;
    }

    private void Release_NeedsLock(Starling starling)
    {
        if (_places.Remove(starling, out var place)) place.List!.Remove(place);
    }
}
