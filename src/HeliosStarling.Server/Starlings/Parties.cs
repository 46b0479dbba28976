namespace HeliosStarling;

/// <summary>
/// What each party has of the memory that all share, while it has connections, starlings, or bytes that are still counted.
/// </summary>
/// <param name="pool">Counts what all have.</param>
/// <param name="onShort">See <see cref="PartyMemory"/>.</param>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class Parties(BufferPool pool, Action<PartyMemory> onShort)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, Entry> _entries = [];

    // Those that nobody is in any more, while handlers still run that have something of theirs.
    private readonly HashSet<Entry> _left = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get { lock (_lock) return _entries.Count; }
    }

    /// <summary>A connection or starling of this party comes; each is followed by <see cref="Leave"/>.</summary>
    /// <param name="key">The user or address.</param>
    /// <param name="peers">How many starlings come.</param>
    public PartyMemory Enter(object key, int peers = 0)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry)) _entries.Add(key, entry = new Entry(new PartyMemory(key, pool, onShort)));
            if (entry.Uses++ == 0) _left.Remove(entry);
            entry.Memory.AddPeers(peers);
            return entry.Memory;
        }
    }

    /// <summary>A connection or starling goes.</summary>
    public void Leave(PartyMemory party, int peers = 0)
    {
        lock (_lock)
        {
            var entry = _entries[party.Key];
            entry.Memory.AddPeers(-peers);
            if (--entry.Uses == 0 && !TryForget_NeedsLock(entry)) _left.Add(entry);
        }
    }

    /// <summary>Forgets those whose last bytes are free by now. To be called now and then.</summary>
    public void OnTick()
    {
        lock (_lock) _left.RemoveWhere(TryForget_NeedsLock);
    }

    private bool TryForget_NeedsLock(Entry entry) => entry.Memory.Bytes == 0 && _entries.Remove(entry.Memory.Key);

    private sealed class Entry(PartyMemory memory)
    {
        public PartyMemory Memory => memory;

        /// <summary>How many connections and starlings it has.</summary>
        public int Uses { get; set; }
    }
}
