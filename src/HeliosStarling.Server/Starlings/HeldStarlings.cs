namespace HeliosStarling;

/// <summary>The starlings that are kept after their connection ended.</summary>
/// <remarks>Safe to call concurrently. Holding, releasing and evicting one costs the logarithm of how many are held.</remarks>
internal sealed class HeldStarlings(TimeProvider time, TimeSpan ttl, int limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Starling, HeldPlace> _places = [];

    // Those to whom somebody may return, and those to whom nobody can, each in the order in which they lost their connection.
    private readonly LinkedList<HeldPlace> _awaited = [];
    private readonly LinkedList<HeldPlace> _left = [];

    // Who holds those to whom somebody may return.
    private readonly HeldParties _parties = new();
    private long _lastNumber;

    /// <summary>How many are held.</summary>
    public int Count
    {
        get { lock (_lock) return _places.Count; }
    }

    /// <summary>Whether none is held; a hint, read without the lock.</summary>
    public bool IsEmpty => _places.Count == 0;

    /// <summary>Those that are held now, the longest held first.</summary>
    public List<Starling> LongestFirst()
    {
        lock (_lock) return [.. _places.Values.OrderBy(static place => place.Number).Select(static place => place.Starling)];
    }

    /// <summary>
    /// Keeps a starling from now on. Beyond the limit one is forgotten for it: one without token as long as there are any, else one of the
    /// user or address that holds most, so that a client that comes and goes pushes out only its own.
    /// </summary>
    public void Hold(Starling starling)
    {
        Starling? evicted = null;
        var now = time.GetTimestamp();
        lock (_lock)
        {
            Release_NeedsLock(starling);
            Add_NeedsLock(starling, now);
            if (_places.Count > limit) evicted = Take_NeedsLock(_left.First?.Value ?? _parties.Next);
        }
        evicted?.Life.Expire();
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
            if (IsExpired(_awaited.First, now)) return Take_NeedsLock(_awaited.First!.Value);
            return IsExpired(_left.First, now) ? Take_NeedsLock(_left.First!.Value) : null;
        }
    }

    private bool IsExpired(LinkedListNode<HeldPlace>? place, long now) =>
        place is not null && time.GetElapsedTime(place.Value.Since, now) >= ttl;

    private void Add_NeedsLock(Starling starling, long now)
    {
        var place = new HeldPlace(starling, ++_lastNumber, now);
        (starling.Tokens.Exist ? _awaited : _left).AddLast(place.InOrder);
        if (starling.Tokens.Exist) _parties.Add(place, starling.Peer.Party, starling.Session.Ledger.HasSpoken);
        _places.Add(starling, place);
    }

    private Starling Take_NeedsLock(HeldPlace place)
    {
        Release_NeedsLock(place.Starling);
        return place.Starling;
    }

    private void Release_NeedsLock(Starling starling)
    {
        if (!_places.Remove(starling, out var place)) return;
        place.InOrder.List!.Remove(place.InOrder);
        _parties.Remove(place);
    }
}
