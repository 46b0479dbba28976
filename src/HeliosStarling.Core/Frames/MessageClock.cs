namespace HeliosStarling;

/// <summary>Provides the timestamps of messages, in Unix milliseconds.</summary>
/// <remarks>
/// The system clock is read once per tick of the kernel (1 to 10 ms on Linux, 16 ms on Windows), because reading it costs as much as
/// writing the rest of a message's envelope. So a timestamp is early by less than one tick. Any other clock is read each time. Safe to use
/// concurrently.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="isCached">Whether a time is cached for a whole tick.</param>
internal sealed class MessageClock(TimeProvider time, bool isCached)
{
    private long _tick = -1;
    private long _now;
    private long _last;
    private bool _isUpdating;

    public MessageClock(TimeProvider time)
        : this(time, isCached: time == TimeProvider.System)
    {
    }

    public long Now
    {
        get
        {
            if (!isCached) return ReadClock();
#pragma warning disable RS0030 // This is not used as a time. It only determines when to read the clock again.
            var tick = Environment.TickCount64;
#pragma warning restore RS0030
            return Volatile.Read(ref _tick) == tick ? Volatile.Read(ref _now) : Update(tick);
        }
    }

    /// <summary>
    /// The last timestamp, for callers that hold a lock. They must not call the clock, because it may be application code.
    /// </summary>
    public long Last => Volatile.Read(ref _last);

    private long Update(long tick)
    {
        // Only one thread updates the cache at a time. A delayed second thread could store an older time with a newer tick.
        if (Interlocked.Exchange(ref _isUpdating, true)) return ReadClock();
        var now = ReadClock();
        // In this order, a thread that sees the tick also sees the time that was read in this tick, or a later time.
        Volatile.Write(ref _now, now);
        Volatile.Write(ref _tick, tick);
        Volatile.Write(ref _isUpdating, false);
        return now;
    }

    private long ReadClock()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        Volatile.Write(ref _last, now);
        return now;
    }
}
