using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Recovery;

/// <summary>
/// A clock that the test moves, and that knows which timers were set: a test that moves it too early would move a timer's start, too.
/// </summary>
internal sealed class WatchedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly List<TimeSpan> _dueTimes = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_dueTimes) _dueTimes.Add(dueTime);
        return timer;
    }

    /// <summary>Waits until a timer is set that is due in that time. Counts each timer once.</summary>
    public Task ForTimerAsync(TimeSpan dueTime) => Eventually.TrueAsync(() =>
    {
        lock (_dueTimes) return _dueTimes.Remove(dueTime);
    });
}
