namespace HeliosStarling;

/// <summary>The time that messages carry, in Unix milliseconds.</summary>
/// <remarks>
/// The system's clock is asked once for each tick of the kernel's, a few milliseconds, as it costs as much as the rest of a message's envelope: a timestamp is late
/// by less than one. Every other clock is asked each time. Safe to use concurrently.
/// </remarks>
internal sealed class MessageClock(TimeProvider time)
{
    private readonly bool _isSystem = time == TimeProvider.System;
    private long _tick = -1;
    private long _now;

    public long Now
    {
        get
        {
            if (!_isSystem) return time.GetUtcNow().ToUnixTimeMilliseconds();
#pragma warning disable RS0030 // No time is taken from it: it only says when to ask the clock again.
            var tick = Environment.TickCount64;
#pragma warning restore RS0030
            if (Volatile.Read(ref _tick) != tick)
            {
                // In this order: whoever sees the tick sees what was read in it, or later.
                Volatile.Write(ref _now, time.GetUtcNow().ToUnixTimeMilliseconds());
                Volatile.Write(ref _tick, tick);
            }
            return Volatile.Read(ref _now);
        }
    }
}
