namespace HeliosStarling;

/// <summary>
/// What all peers of one party have together of the memory that all parties share. A party is a user or an address: many connections get no
/// more than one.
/// </summary>
/// <param name="key">Whose it is.</param>
/// <param name="pool">Counts what all parties have.</param>
/// <param name="onShort">Called when a peer finds almost no memory left. It runs on the caller's thread, under its locks, so it must only
/// take note.</param>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class PartyMemory(object key, BufferPool pool, Action<PartyMemory> onShort)
{
    // What a peer always has for each purpose when its party has its share already: enough for small messages, little beside what a
    // connection takes.
    private const int LeastOfPeer = 4 * 1024;

    // When other parties have taken all, a party of many has what so many peers have.
    private const int LeastPeers = 16;

    private long _bytes;
    private int _peers;

    private int _lastEmptySearch = -1;

    /// <summary>The tick of the last search that found nothing to give up for it; -1 when there was none.</summary>
    public int LastEmptySearch
    {
        get => Volatile.Read(ref _lastEmptySearch);
        set => Volatile.Write(ref _lastEmptySearch, value);
    }

    /// <summary>Whose it is: a user or an address.</summary>
    public object Key => key;

    /// <summary>How many bytes all its peers have.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether it has all that it may have.</summary>
    public bool IsFull => Bytes >= Share / 2;

    /// <summary>How many bytes it may have: a quarter of what is not the other parties'.</summary>
    public long Share => ShareWith(Bytes);

    /// <summary>Counts bytes, which the pool counts too; a negative number when they are free again.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>One more peer shares in it, or one fewer.</summary>
    public void AddPeers(int change) => Interlocked.Add(ref _peers, change);

    /// <summary>A buffer that counts for the party.</summary>
    public byte[] Rent(int minimumLength)
    {
        var buffer = pool.Rent(minimumLength);
        Add(buffer.Length);
        return buffer;
    }

    /// <summary>Gives a buffer back that it has rented.</summary>
    public void Return(byte[] buffer)
    {
        Add(-buffer.Length);
        pool.Return(buffer);
    }

    /// <summary>
    /// How many bytes one of its peers may have, all purposes together: what the others have left of the share, half of it when there are
    /// others.
    /// </summary>
    /// <param name="own">How many bytes the peer has.</param>
    /// <param name="counted">How many of them the party counts.</param>
    public long ShareOf(long own, long counted)
    {
        var others = Math.Max(0, Bytes - counted);
        var free = ShareWith(others + own) - others;
        var share = Volatile.Read(ref _peers) > 1 ? free / 2 : free;
        if (share < pool.NearlyNothing) onShort(this);
        return free > 0 ? Math.Max(BufferPool.Least, share) : LeastOfPeer;
    }

    private long ShareWith(long all) =>
        Math.Max(BufferPool.Least * Math.Clamp(Volatile.Read(ref _peers), 1, LeastPeers), pool.ShareOf(all));
}
