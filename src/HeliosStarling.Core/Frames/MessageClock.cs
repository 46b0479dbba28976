namespace HeliosStarling;

/// <summary>The time that messages carry, in Unix milliseconds.</summary>
/// <remarks>
/// The system's clock is asked once for each of the kernel's ticks (1 to 10 ms on Linux, 16 on Windows), as it costs as much as the rest of
/// a message's envelope: a timestamp is early by less than one. Every other clock is asked each time. Safe to use concurrently.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="isKept">Whether a time is good for a whole tick.</param>
internal sealed class MessageClock(TimeProvider time, bool isKept)
{
    private long _tick = -1;
    private long _now;
    private long _last;
    private bool _isAsked;

    public MessageClock(TimeProvider time)
        : this(time, isKept: time == TimeProvider.System)
    {
    }

    public long Now
    {
        get
        {
            if (!isKept) return Ask();
#pragma warning disable RS0030 // No time is taken from it: it only says when to ask the clock again.
            var tick = Environment.TickCount64;
#pragma warning restore RS0030
            return Volatile.Read(ref _tick) == tick ? Volatile.Read(ref _now) : AskFor(tick);
        }
    }

    /// <summary>What was said last, for those who hold a lock: a clock may be the application's, and is not asked under one.</summary>
    public long Last => Volatile.Read(ref _last);

    private long AskFor(long tick)
    {
        // One at a time: another one that was held up would put back an older time under a newer tick.
        if (Interlocked.Exchange(ref _isAsked, true)) return Ask();
        var now = Ask();
        // In this order: a thread that sees the tick also sees the time that was read in it, or a later one.
        Volatile.Write(ref _now, now);
        Volatile.Write(ref _tick, tick);
        Volatile.Write(ref _isAsked, false);
        return now;
    }

    private long Ask()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        Volatile.Write(ref _last, now);
        return now;
    }
}
