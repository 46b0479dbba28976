namespace HeliosStarling;

/// <summary>
/// The memory of each party, while the party has connections, starlings, or bytes that are still counted.
/// </summary>
/// <param name="pool">Counts the memory of all.</param>
/// <param name="onShort">Called when a party has almost no memory left (see <see cref="PartyMemory"/>).</param>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class Parties(BufferPool pool, Action<PartyMemory> onShort)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, Entry> _entries = [];

    // Parties without connections and starlings. Handlers that still run may have bytes that count for them.
    private readonly HashSet<Entry> _empty = [];

    /// <summary>The number of parties.</summary>
    public int Count
    {
        get { lock (_lock) return _entries.Count; }
    }

    /// <summary>Adds a connection or starling to a party. Each call is followed by a call of <see cref="Leave"/>.</summary>
    /// <param name="key">The user or address.</param>
    /// <param name="peers">The number of starlings to add.</param>
    public PartyMemory Enter(object key, int peers = 0)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry)) _entries.Add(key, entry = new Entry(new PartyMemory(key, pool, onShort)));
            if (entry.Uses++ == 0) _empty.Remove(entry);
            entry.Memory.AddPeers(peers);
            return entry.Memory;
        }
    }

    /// <summary>Removes a connection or starling from its party.</summary>
    public void Leave(PartyMemory party, int peers = 0)
    {
        lock (_lock)
        {
            var entry = _entries[party.Key];
            entry.Memory.AddPeers(-peers);
            if (--entry.Uses == 0 && !TryForget_NeedsLock(entry)) _empty.Add(entry);
        }
    }

    /// <summary>Forgets empty parties whose last bytes have been released. To be called regularly.</summary>
    public void OnTick()
    {
        lock (_lock) _empty.RemoveWhere(TryForget_NeedsLock);
    }

    private bool TryForget_NeedsLock(Entry entry) => entry.Memory is { Bytes: 0, Announcements: 0 } && _entries.Remove(entry.Memory.Key);

    private sealed class Entry(PartyMemory memory)
    {
        public PartyMemory Memory => memory;

        /// <summary>The number of connections and starlings of the party.</summary>
        public int Uses { get; set; }
    }
}
