namespace HeliosStarling;

/// <summary>The starlings that are kept after their connection has ended.</summary>
/// <remarks>Safe to call concurrently. The cost of each operation is logarithmic in the number of held starlings.</remarks>
internal sealed class HeldStarlings(TimeProvider time, TimeSpan ttl, int limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Starling, HeldPlace> _places = [];

    // Starlings with a token, which can be recovered, and starlings without. Both lists are in the order in which connections were lost.
    private readonly LinkedList<HeldPlace> _withToken = [];
    private readonly LinkedList<HeldPlace> _withoutToken = [];

    // The parties of the starlings that can be recovered.
    private readonly HeldParties _parties = new();
    private long _lastNumber;

    /// <summary>The number of held starlings.</summary>
    public int Count
    {
        get { lock (_lock) return _places.Count; }
    }

    /// <summary>Whether no starling is held. A hint: it is read without the lock.</summary>
    public bool IsEmpty => _places.Count == 0;

    /// <summary>A snapshot of the held starlings, the longest held first.</summary>
    public List<Starling> LongestFirst()
    {
        lock (_lock) return [.. _places.Values.OrderBy(static place => place.Number).Select(static place => place.Starling)];
    }

    /// <summary>
    /// Holds a starling. Beyond the limit another one is forgotten: first starlings without a token, then one of the user or address that
    /// holds most. So a client that connects again and again only displaces its own starlings.
    /// </summary>
    public void Hold(Starling starling)
    {
        Starling? evicted = null;
        var now = time.GetTimestamp();
        lock (_lock)
        {
            Release_NeedsLock(starling);
            Add_NeedsLock(starling, now);
            if (_places.Count > limit) evicted = Take_NeedsLock(_withoutToken.First?.Value ?? _parties.Next);
        }
        evicted?.Life.Expire();
    }

    /// <summary>Stops holding a starling, because it is connected again or forgotten.</summary>
    public void Release(Starling starling)
    {
        lock (_lock) Release_NeedsLock(starling);
    }

    /// <summary>Removes a starling whose time is over and returns it; null when there is none.</summary>
    public Starling? TryTakeExpired()
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            if (IsExpired(_withToken.First, now)) return Take_NeedsLock(_withToken.First!.Value);
            return IsExpired(_withoutToken.First, now) ? Take_NeedsLock(_withoutToken.First!.Value) : null;
        }
    }

    private bool IsExpired(LinkedListNode<HeldPlace>? place, long now) =>
        place is not null && time.GetElapsedTime(place.Value.Since, now) >= ttl;

    private void Add_NeedsLock(Starling starling, long now)
    {
        var place = new HeldPlace(starling, ++_lastNumber, now);
        (starling.Tokens.HasAny ? _withToken : _withoutToken).AddLast(place.InOrder);
        if (starling.Tokens.HasAny) _parties.Add(place, starling.Peer.Party, starling.Session.Ledger.HasSpoken);
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
