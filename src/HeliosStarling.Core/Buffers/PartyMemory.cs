namespace HeliosStarling;

/// <summary>
/// Counts the shared memory that all peers of one party use together. A party is a user or an address, so many connections get no more
/// memory than one.
/// </summary>
/// <param name="key">The user or address.</param>
/// <param name="pool">Counts the bytes of all parties.</param>
/// <param name="onShort">Called when a peer has almost no memory left. It runs on the caller's thread and under the caller's locks, so it
/// must return at once and do the work elsewhere.</param>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class PartyMemory(object key, BufferPool pool, Action<PartyMemory> onShort)
{
    // The bytes that a peer may always use for each purpose, even when its party has used up its share: enough for small messages, and
    // little compared with the cost of a connection.
    private const int MinimumPerPeer = 4 * 1024;

    // When other parties use all the memory, a party still gets BufferPool.Least for each of its peers, up to this number of peers.
    private const int MaxGuaranteedPeers = 16;

    // Announcements that are handled at once do not disturb the count. So few of them take no memory to speak of.
    private const int FreeAnnouncements = 16;

    private long _bytes;
    private int _peers;

    private int _announcements;

    private int _lastEmptySearch = -1;

    /// <summary>The tick of the last search for this party that found no starling to give up; -1 when there was none.</summary>
    public int LastEmptySearch
    {
        get => Volatile.Read(ref _lastEmptySearch);
        set => Volatile.Write(ref _lastEmptySearch, value);
    }

    /// <summary>The user or address.</summary>
    public object Key => key;

    /// <summary>
    /// The number of announcements that the application has not handled yet: connections and starlings of the party that came or ended.
    /// </summary>
    public int Announcements => Volatile.Read(ref _announcements);

    /// <summary>Counts an announcement, and its memory when the application falls behind.</summary>
    /// <param name="bytes">The memory of an announcement.</param>
    /// <returns>The number of counted bytes, for <see cref="EndAnnouncement"/>.</returns>
    public int BeginAnnouncement(int bytes)
    {
        if (Interlocked.Increment(ref _announcements) <= FreeAnnouncements) return 0;
        pool.Charge(bytes);
        Add(bytes);
        return bytes;
    }

    /// <summary>The application has handled an announcement.</summary>
    public void EndAnnouncement(int bytes)
    {
        Interlocked.Decrement(ref _announcements);
        if (bytes == 0) return;
        pool.Charge(-bytes);
        Add(-bytes);
    }

    /// <summary>The number of bytes that all its peers use.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Indicates whether the party uses half of its share or more.</summary>
    public bool IsFull => Bytes >= Share / 2;

    /// <summary>The number of bytes that the party may use: a quarter of the memory that the other parties do not use.</summary>
    public long Share => ShareWith(Bytes);

    /// <summary>Counts bytes that the pool counts too. A negative number subtracts them again.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>Changes the number of peers that share the memory.</summary>
    public void AddPeers(int change) => Interlocked.Add(ref _peers, change);

    /// <summary>Rents a buffer and counts it for the party.</summary>
    public byte[] Rent(int minimumLength)
    {
        var buffer = pool.Rent(minimumLength);
        Add(buffer.Length);
        return buffer;
    }

    /// <summary>Returns a rented buffer.</summary>
    public void Return(byte[] buffer)
    {
        Add(-buffer.Length);
        pool.Return(buffer);
    }

    /// <summary>
    /// Returns the number of bytes that one peer may use for all purposes together: the part of the share that the other peers do not use,
    /// or half of that part when there are other peers.
    /// </summary>
    /// <param name="own">The number of bytes that the peer uses.</param>
    /// <param name="counted">The number of these bytes that are counted for the party.</param>
    public long ShareOf(long own, long counted)
    {
        var others = Math.Max(0, Bytes - counted);
        var free = ShareWith(others + own) - others;
        var share = Volatile.Read(ref _peers) > 1 ? free / 2 : free;
        if (share < pool.LowShare) onShort(this);
        return free > 0 ? Math.Max(BufferPool.Least, share) : MinimumPerPeer;
    }

    private long ShareWith(long all) =>
        Math.Max(BufferPool.Least * Math.Clamp(Volatile.Read(ref _peers), 1, MaxGuaranteedPeers), pool.ShareOf(all));
}
