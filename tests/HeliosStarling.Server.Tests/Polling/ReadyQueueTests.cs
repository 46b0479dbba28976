namespace HeliosStarling.Polling;

/// <summary>Heavy readers let light ones go first, but not forever.</summary>
public sealed class ReadyQueueTests
{
    private readonly ReadyQueue _queue = new();

    [Fact]
    public void TryTake_YieldingReadersFirst_EachFollowsEightOthers_ThenTheRest()
    {
        for (var i = 0; i < 40; i++) _queue.Add(new Readiness { YieldsToLight = i < 8 });

        Assert.Equal([8, 17, 26, 35, 36, 37, 38, 39], TakeAll().Index().Where(it => it.Item.YieldsToLight).Select(it => it.Index));
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void TryTake_SameKind_KeepsOrder()
    {
        var waiters = Enumerable.Range(0, 20).Select(i => new Readiness { YieldsToLight = i % 3 == 0 }).ToArray();
        foreach (var waiter in waiters) _queue.Add(waiter);

        var taken = TakeAll();

        Assert.Equal(waiters.Where(waiter => waiter.YieldsToLight), taken.Where(waiter => waiter.YieldsToLight));
        Assert.Equal(waiters.Where(waiter => !waiter.YieldsToLight), taken.Where(waiter => !waiter.YieldsToLight));
    }

    private List<Readiness> TakeAll()
    {
        var taken = new List<Readiness>();
        for (var others = 0; _queue.TryTake(ref others, out var waiter);) taken.Add(waiter);
        return taken;
    }
}
