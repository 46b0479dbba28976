namespace HeliosStarling;

/// <summary>The ids of starlings that are closed for good, until their last tokens have expired.</summary>
/// <param name="max">The maximum number of ids, of about 400 bytes each. Default 100,000.</param>
/// <remarks>
/// Not safe to use concurrently. Beyond the maximum, ids whose clients said goodbye are forgotten first, the oldest first. When an id that
/// the application closed is forgotten, all tokens issued up to that time become invalid: <see cref="GoodSince"/>.
/// </remarks>
internal sealed class ClosedIds(int max = ClosedIds.DefaultMax)
{
    public const int DefaultMax = 100_000;

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SortedSet<Entry> _expiries = new(Comparer<Entry>.Create(Compare));
    private readonly LinkedList<Entry> _byApplication = [];
    private readonly LinkedList<Entry> _byGoodbye = [];

    /// <summary>The number of ids.</summary>
    public int Count => _entries.Count;

    /// <summary>
    /// Tokens issued up to this time may belong to a closed id that has been forgotten, so they are invalid. Null when no such id has been
    /// forgotten.
    /// </summary>
    public DateTimeOffset? GoodSince { get; private set; }

    /// <summary>Adds an id until its tokens have expired.</summary>
    /// <returns>Whether another id that the application closed was forgotten for it.</returns>
    public bool Add(string id, DateTimeOffset now, DateTimeOffset until, Closing closing)
    {
        RemoveExpired(now);
        if (_entries.TryGetValue(id, out var earlier))
        {
            // An id that the application has closed keeps that reason.
            closing = earlier.Closing == Closing.ByApplication ? Closing.ByApplication : closing;
            until = earlier.Until > until ? earlier.Until : until;
            Remove(earlier);
        }
        var entry = new Entry(id, now, until, closing);
        _entries.Add(id, entry);
        _expiries.Add(entry);
        (closing == Closing.ByGoodbye ? _byGoodbye : _byApplication).AddLast(entry.Place);
        return _entries.Count > max && MakeRoom();
    }

    public bool Contains(string id, DateTimeOffset now)
    {
        RemoveExpired(now);
        return _entries.ContainsKey(id);
    }

    private bool MakeRoom()
    {
        if (_byGoodbye.First is { } goodbye)
        {
            Remove(goodbye.Value);
            return false;
        }
        var oldest = _byApplication.First!.Value;
        Remove(oldest);
        GoodSince = GoodSince > oldest.ClosedAt ? GoodSince : oldest.ClosedAt;
        return true;
    }

    private void Remove(Entry entry)
    {
        _entries.Remove(entry.Id);
        entry.Place.List!.Remove(entry.Place);
        _expiries.Remove(entry);
    }

    private void RemoveExpired(DateTimeOffset now)
    {
        while (_expiries.Min is { } first && first.Until <= now) Remove(first);
    }

    private static int Compare(Entry one, Entry other) =>
        one.Until != other.Until ? one.Until.CompareTo(other.Until) : string.CompareOrdinal(one.Id, other.Id);

    private sealed class Entry
    {
        public Entry(string id, DateTimeOffset closedAt, DateTimeOffset until, Closing closing)
        {
            (Id, ClosedAt, Until, Closing) = (id, closedAt, until, closing);
            Place = new LinkedListNode<Entry>(this);
        }

        public string Id { get; }

        public DateTimeOffset ClosedAt { get; }

        public DateTimeOffset Until { get; }

        public Closing Closing { get; }

        public LinkedListNode<Entry> Place { get; }
    }
}
