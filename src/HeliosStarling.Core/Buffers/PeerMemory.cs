namespace HeliosStarling;

/// <summary>
/// Counts the shared memory that one peer uses: messages from it that are being handled, messages kept to be sent to it, and names. Bytes
/// used for one purpose reduce the room for the others, and for the other peers of its party.
/// </summary>
/// <param name="pool">Counts the bytes of all peers. Null: no limit.</param>
/// <remarks>
/// Safe to call concurrently, except <see cref="AddOutgoing"/> and <see cref="ChargeSlots"/>, which need the outbox's lock.
/// </remarks>
internal sealed class PeerMemory(BufferPool? pool)
{
    private PartyMemory? _party;
    private long _running;
    private long _kept;
    private long _outgoing;
    private long _incoming;

    // The part of the outgoing bytes that is counted for the party. A broadcast is kept only once for all its receivers.
    private long _outgoingOfParty;

    /// <summary>The bytes of requests and other messages that are being handled.</summary>
    public long Running => Volatile.Read(ref _running);

    /// <summary>The bytes of messages that are kept to be sent or until they are acknowledged.</summary>
    public long Outgoing => Volatile.Read(ref _outgoing);

    /// <summary>The bytes of data that is kept as long as the peer exists, such as names.</summary>
    public long Kept => Volatile.Read(ref _kept);

    /// <summary>All bytes that the peer uses.</summary>
    public long Total => Running + Outgoing + Kept;

    /// <summary>The party for which the bytes are counted; null when there is none.</summary>
    public PartyMemory? Party => _party;

    /// <summary>The maximum number of bytes of requests and other messages that may be handled at once.</summary>
    public long LimitOfRunning => Limit(Outgoing + Kept);

    /// <summary>The maximum number of bytes of messages that may be kept.</summary>
    public long LimitOfOutgoing => Limit(Running + Kept);

    /// <summary>
    /// Returns the maximum number of bytes of messages that may be kept, including a new message that is not counted yet.
    /// </summary>
    /// <param name="cost">The bytes of memory that the new message needs.</param>
    public long LimitOfOutgoingWith(int cost) => Limit(Running + Kept, uncounted: cost);

    /// <summary>Returns the maximum length of the message that is being received.</summary>
    /// <param name="length">The length of the receive buffer. It is counted for the party until <see cref="EndIncoming"/> is
    /// called.</param>
    public long LimitOfIncoming(int length)
    {
        Volatile.Write(ref _incoming, length);
        return Limit(Total);
    }

    /// <summary>Stops counting the receive buffer.</summary>
    public void EndIncoming() => Volatile.Write(ref _incoming, 0);

    /// <summary>Sets the party for which the bytes are counted. Call this once, before any bytes are counted.</summary>
    public void Join(PartyMemory party) => _party = party;

    public void AddRunning(long bytes)
    {
        Interlocked.Add(ref _running, bytes);
        _party?.Add(bytes);
    }

    /// <summary>
    /// Adds bytes that are being handled, unless the sum would exceed <paramref name="maximum"/> or the available memory.
    /// </summary>
    public bool TryAddRunning(long bytes, long maximum)
    {
        var limit = Math.Min(maximum, LimitOfRunning);
        AddRunning(bytes);
        if (Running <= limit) return true;
        AddRunning(-bytes);
        return false;
    }

    /// <summary>Adds a message that is kept to be sent. Negative numbers remove it.</summary>
    /// <param name="cost">The bytes of memory that it needs.</param>
    /// <param name="costOfEach">The part of the bytes that is counted for the party of each receiver.</param>
    public void AddOutgoing(long cost, long costOfEach)
    {
        Volatile.Write(ref _outgoing, _outgoing + cost);
        if (_party is null) return;
        _party.Add(costOfEach);
        Volatile.Write(ref _outgoingOfParty, _outgoingOfParty + costOfEach);
    }

    /// <summary>Counts the slots of an outbox, in addition to its messages.</summary>
    public void ChargeSlots(long bytes)
    {
        pool?.Charge(bytes);
        _party?.Add(bytes);
    }

    /// <summary>
    /// Counts data that is kept as long as the peer exists. Returns false, and counts nothing, when there is no room for it.
    /// </summary>
    public bool TryKeep(long bytes)
    {
        if (Kept + bytes > Limit(Running + Outgoing)) return false;
        Keep(bytes);
        return true;
    }

    /// <summary>Counts data that is kept as long as the peer exists. A negative number subtracts it again.</summary>
    public void Keep(long bytes)
    {
        Interlocked.Add(ref _kept, bytes);
        _party?.Add(bytes);
        pool?.Charge(bytes);
    }

    private long Limit(long others, int uncounted = 0)
    {
        if (pool is null) return long.MaxValue;
        var incoming = Volatile.Read(ref _incoming);
        var own = Total + incoming + uncounted;
        var share = _party?.ShareOf(own, Running + Kept + incoming + Volatile.Read(ref _outgoingOfParty)) ?? pool.ShareOf(own);
        return Math.Max(Math.Min(BufferPool.Least, share), share - others);
    }
}
