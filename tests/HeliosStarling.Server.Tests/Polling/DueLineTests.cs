namespace HeliosStarling.Polling;

/// <summary>Who asks for little waits behind a few of those who ask for much, and these do not wait for ever.</summary>
public sealed class DueLineTests
{
    private readonly ReadyQueue _line = new();

    [Fact]
    public void TryTake_PatientCameFirst_GoesOnBehindEightOthersEach_ThenTheRest()
    {
        for (var i = 0; i < 40; i++) _line.Add(new Readiness { YieldsToLight = i < 8 });

        Assert.Equal([8, 17, 26, 35, 36, 37, 38, 39], TakeAll().Index().Where(it => it.Item.YieldsToLight).Select(it => it.Index));
        Assert.True(_line.IsEmpty);
    }

    [Fact]
    public void TryTake_Equals_GoOnInTheOrderInWhichTheyCame()
    {
        var waiters = Enumerable.Range(0, 20).Select(i => new Readiness { YieldsToLight = i % 3 == 0 }).ToArray();
        foreach (var waiter in waiters) _line.Add(waiter);

        var taken = TakeAll();

        Assert.Equal(waiters.Where(waiter => waiter.YieldsToLight), taken.Where(waiter => waiter.YieldsToLight));
        Assert.Equal(waiters.Where(waiter => !waiter.YieldsToLight), taken.Where(waiter => !waiter.YieldsToLight));
    }

    private List<Readiness> TakeAll()
    {
        var taken = new List<Readiness>();
        for (var others = 0; _line.TryTake(ref others, out var waiter);) taken.Add(waiter);
        return taken;
    }
}
