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

    [Fact]
    public async Task Now_OneIsHeldUpWhileItAsks_NobodyIsGivenAnOlderTime()
    {
        var time = new HeldClock();
        var clock = new MessageClock(time, isCached: true);
        Assert.Equal(1, clock.Now);
        SkipTick();

        time.HoldsNext = true;
        var held = Task.Run(() => clock.Now, Xunit.TestContext.Current.CancellationToken);
        await time.IsHeld.WaitAsync(TimeSpan.FromSeconds(20), Xunit.TestContext.Current.CancellationToken);
        Assert.Equal(3, clock.Now);
        SkipTick();
        Assert.Equal(4, clock.Now);
        time.GoOn();

        Assert.Equal(2, await held);
        Assert.Equal(5, clock.Now);
    }

    private static void SkipTick()
    {
        var tick = Environment.TickCount64;
        Assert.True(SpinWait.SpinUntil(() => Environment.TickCount64 != tick, TimeSpan.FromSeconds(10)));
    }

    /// <summary>Each read advances it by a millisecond. A test can hold one read up.</summary>
    private sealed class HeldClock : TimeProvider
    {
        private readonly TaskCompletionSource _mayGoOn = new();
        private readonly TaskCompletionSource _isHeld = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _readings;
        private int _holdsNext;

        public bool HoldsNext { set => _holdsNext = value ? 1 : 0; }

        public Task IsHeld => _isHeld.Task;

        public void GoOn() => _mayGoOn.SetResult();

        public override DateTimeOffset GetUtcNow()
        {
            var now = DateTimeOffset.UnixEpoch.AddMilliseconds(Interlocked.Increment(ref _readings));
            if (Interlocked.Exchange(ref _holdsNext, 0) == 0) return now;
            _isHeld.SetResult();
            _mayGoOn.Task.GetAwaiter().GetResult();
            return now;
        }
    }
}
