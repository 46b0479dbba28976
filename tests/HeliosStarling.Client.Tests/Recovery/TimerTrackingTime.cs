using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Recovery;

/// <summary>
/// A fake clock that tracks timers, so that a test can wait for a timer before it advances the clock.
/// </summary>
internal sealed class TimerTrackingTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly List<TimeSpan> _dueTimes = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_dueTimes) _dueTimes.Add(dueTime);
        return timer;
    }

    /// <summary>Waits until a timer with this due time is set. Counts each timer once.</summary>
    public Task ForTimerAsync(TimeSpan dueTime) => Eventually.TrueAsync(() =>
    {
        lock (_dueTimes) return _dueTimes.Remove(dueTime);
    });
}
