using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Frames;

public class MessageClockTests
{
    [Fact]
    public void Now_ClockIsNotTheSystems_IsAskedEachTime()
    {
        var time = new FakeTimeProvider();
        var clock = new MessageClock(time);
        var before = clock.Now;

        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(time.GetUtcNow().ToUnixTimeMilliseconds(), clock.Now);
        Assert.Equal(before + 1, clock.Now);
    }

    [Fact]
    public void Now_SystemsClock_IsNeverAheadOfItAndGoesOn()
    {
        var clock = new MessageClock(TimeProvider.System);
        var first = clock.Now;

        Assert.True(SpinWait.SpinUntil(() =>
        {
            var now = clock.Now;
            Assert.InRange(now, first, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            return now > first;
        }, TimeSpan.FromSeconds(10)));
    }
}
