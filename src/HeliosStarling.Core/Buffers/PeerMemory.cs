namespace HeliosStarling;

/// <summary>
/// What one peer has of the memory that all peers share: messages being handled for it, and messages kept to be sent to it. What it has for one purpose
/// leaves less for the others.
/// </summary>
/// <param name="pool">Counts what all peers have. Default no limit.</param>
/// <remarks>Safe to call concurrently, except <see cref="AddLeaving"/>, for which the outbox holds its lock.</remarks>
internal sealed class PeerMemory(BufferPool? pool)
{
    private long _running;
    private long _leaving;

    /// <summary>The bytes of requests and other messages that are being handled.</summary>
    public long Running => Volatile.Read(ref _running);

    /// <summary>The bytes of messages that are kept to be sent or until they are acknowledged.</summary>
    public long Leaving => Volatile.Read(ref _leaving);

    /// <summary>How many bytes of requests and other messages may be handled at once.</summary>
    public long LimitOfRunning => Limit(Leaving, 0);

    /// <summary>How many bytes of messages may be kept.</summary>
    public long LimitOfLeaving => Limit(Running, 0);

    /// <summary>How many bytes of messages may be kept, those of a message that has a buffer and is not among them yet included.</summary>
    public long LimitOfLeavingWith(Frame frame) => Limit(Running, frame.Cost);

    /// <summary>How long a message may be that is arriving.</summary>
    /// <param name="length">The length of the buffer in which it arrives.</param>
    public long LimitOfComing(int length) => Limit(Running + Leaving, length);

    public void AddRunning(long bytes) => Interlocked.Add(ref _running, bytes);

    /// <summary>Adds bytes that are being handled, unless that is more than <paramref name="most"/> or than there is room for.</summary>
    public bool TryAddRunning(long bytes, long most)
    {
        var limit = Math.Min(most, LimitOfRunning);
        if (Interlocked.Add(ref _running, bytes) <= limit) return true;
        Interlocked.Add(ref _running, -bytes);
        return false;
    }

    public void AddLeaving(long bytes) => Volatile.Write(ref _leaving, _leaving + bytes);

    /// <summary>Counts what is kept beside the messages.</summary>
    public void Charge(long bytes) => pool?.Charge(bytes);

    private long Limit(long others, int uncounted) =>
        pool is null ? long.MaxValue : Math.Max(BufferPool.Least, pool.ShareOf(Running + Leaving + uncounted) - others);
}
