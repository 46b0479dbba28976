namespace HeliosStarling;

/// <summary>
/// What one peer has of the memory that all peers share: messages being handled for it, messages kept to be sent to it, and names. What it
/// has for one purpose leaves less for the others, and for the other peers of its party.
/// </summary>
/// <param name="pool">Counts what all peers have. Default no limit.</param>
/// <remarks>
/// Safe to call concurrently, except <see cref="AddLeaving"/> and <see cref="ChargeSlots"/>, for which the outbox holds its lock.
/// </remarks>
internal sealed class PeerMemory(BufferPool? pool)
{
    private PartyMemory? _party;
    private long _running;
    private long _kept;
    private long _leaving;
    private long _coming;

    // What the party counts of it: a message that many get is not kept once for each of them.
    private long _leavingOfParty;

    /// <summary>The bytes of requests and other messages that are being handled.</summary>
    public long Running => Volatile.Read(ref _running);

    /// <summary>The bytes of messages that are kept to be sent or until they are acknowledged.</summary>
    public long Leaving => Volatile.Read(ref _leaving);

    /// <summary>The bytes of what is kept as long as the peer, such as names.</summary>
    public long Kept => Volatile.Read(ref _kept);

    /// <summary>All of them.</summary>
    public long Total => Running + Leaving + Kept;

    /// <summary>The party that it is counted for; null when there is none.</summary>
    public PartyMemory? Party => _party;

    /// <summary>How many bytes of requests and other messages may be handled at once.</summary>
    public long LimitOfRunning => Limit(Leaving + Kept);

    /// <summary>How many bytes of messages may be kept.</summary>
    public long LimitOfLeaving => Limit(Running + Kept);

    /// <summary>How many bytes of messages may be kept, those of a message that has a buffer and is not among them yet included.</summary>
    /// <param name="cost">How many bytes of memory it takes.</param>
    public long LimitOfLeavingWith(int cost) => Limit(Running + Kept, uncounted: cost);

    /// <summary>How long a message may be that is arriving.</summary>
    /// <param name="length">The length of the buffer in which it arrives. The party counts that until <see cref="EndComing"/>.</param>
    public long LimitOfComing(int length)
    {
        Volatile.Write(ref _coming, length);
        return Limit(Total);
    }

    /// <summary>The buffer in which messages arrive is given back.</summary>
    public void EndComing() => Volatile.Write(ref _coming, 0);

    /// <summary>Counts for this party from now on. To be called once, before the peer can have anything.</summary>
    public void Join(PartyMemory party) => _party = party;

    public void AddRunning(long bytes)
    {
        Interlocked.Add(ref _running, bytes);
        _party?.Add(bytes);
    }

    /// <summary>Adds bytes that are being handled, unless that is more than <paramref name="most"/> or than there is room for.</summary>
    public bool TryAddRunning(long bytes, long most)
    {
        var limit = Math.Min(most, LimitOfRunning);
        AddRunning(bytes);
        if (Running <= limit) return true;
        AddRunning(-bytes);
        return false;
    }

    /// <summary>A message is kept, or, when the numbers are negative, no more.</summary>
    /// <param name="cost">How many bytes of memory it takes.</param>
    /// <param name="costOfEach">The part of them that counts for each of its receivers' parties.</param>
    public void AddLeaving(long cost, long costOfEach)
    {
        Volatile.Write(ref _leaving, _leaving + cost);
        if (_party is null) return;
        _party.Add(costOfEach);
        Volatile.Write(ref _leavingOfParty, _leavingOfParty + costOfEach);
    }

    /// <summary>Counts slots for messages, which are kept beside them.</summary>
    public void ChargeSlots(long bytes)
    {
        pool?.Charge(bytes);
        _party?.Add(bytes);
    }

    /// <summary>Counts what is kept as long as the peer; false, and nothing is counted, when there is no room for it.</summary>
    public bool TryKeep(long bytes)
    {
        if (Kept + bytes > Limit(Running + Leaving)) return false;
        Keep(bytes);
        return true;
    }

    /// <summary>Counts what is kept as long as the peer, or no more.</summary>
    public void Keep(long bytes)
    {
        Interlocked.Add(ref _kept, bytes);
        _party?.Add(bytes);
        pool?.Charge(bytes);
    }

    private long Limit(long others, int uncounted = 0)
    {
        if (pool is null) return long.MaxValue;
        var coming = Volatile.Read(ref _coming);
        var own = Total + coming + uncounted;
        var share = _party?.ShareOf(own, Running + Kept + coming + Volatile.Read(ref _leavingOfParty)) ?? pool.ShareOf(own);
        return Math.Max(Math.Min(BufferPool.Least, share), share - others);
    }
}
