namespace HeliosStarling.Siege;

/// <summary>Hostile clients beside innocent ones: counts and bytes alone; how long things take is measured by <c>bench/Siege</c>.</summary>
public class SiegeTests(ITestOutputHelper output)
{
    private const int Innocents = 100;
    private const int Each = 6;
    private const int Rounds = 150;
    private const int Seed = 1;

    [Fact]
    public async Task Neighbors_OfEveryBadKind_InnocentsGetEverythingAndMemoryIsBounded()
    {
        await using var town = await Stronghold.StartAsync(
            Innocents, options => options.RateLimits.PerConnection = new RateLimit(100, TimeSpan.FromSeconds(1)) { Burst = 200 });
        await using var horde = new Horde(town.Port, Neighbors.All, Each, Seed);
        await horde.Assembled.InTime();
        await Eventually.TrueAsync(() => town.Helios.Engine.Lanes is { Threads.Running: > 0, Pool.Running: > 0 });

        var broadcasts = await town.LiveOnAsync(Rounds);

        output.WriteLine($"{town.Watch.Peaks}; {string.Join(", ", horde.Ends)}");
        await town.AssertUnharmedAsync(broadcasts);
        town.AssertWithinBounds(Innocents + (Each * Neighbors.All.Count));
    }

    [Fact]
    public async Task Blocking_HandlersThatHoldTheirThreads_OthersAreAnsweredAndTheirsComeLater()
    {
        await using var town = await Stronghold.StartAsync(innocents: 10, options => options.MaxBlockingThreads = 2);
        await using var horde = new Horde(town.Port, Neighbors.All.Where(kind => kind.Name == "blocks threads"), ofEach: 8, Seed);
        await horde.Assembled.InTime();
        await Eventually.TrueAsync(() => town.Helios.Engine.Lanes.Threads is { Running: 2, Waiting: > 10 });
        await town.Crowd.Innocents[0].AskAsync("siege:block", "null");

        await Task.WhenAll(town.Crowd.Innocents.Skip(1).Select(innocent => innocent.AskAsync("siege:wait", "1").AsTask()));

        await Eventually.TrueAsync(() => town.Crowd.Innocents.Skip(1).All(innocent => innocent.Open == 0));
        Assert.Equal(1, town.Crowd.Innocents[0].Open);
        town.ReleaseThreads();
        await town.AssertUnharmedAsync(broadcasts: 0);
    }

    [Fact]
    public async Task Memory_UnderEveryAttack_IsBoundedAndInnocentsStay()
    {
        await using var town = await Stronghold.StartAsync(Innocents);
        var kinds = new Attackers(town.Helios.Options.MaxMessageSize).All;
        await using var horde = new Horde(town.Port, kinds, Each, Seed);
        await horde.Assembled.InTime();

        var broadcasts = await town.LiveOnAsync(Rounds);

        output.WriteLine($"{town.Watch.Peaks}; {string.Join(", ", horde.Ends)}");
        await horde.DisposeAsync();
        await town.AssertUnharmedAsync(broadcasts);
        town.AssertWithinBounds(Innocents + (Each * kinds.Count));
        // All attackers are one address, which takes most of what it may: a quarter of what is not the others'.
        Assert.InRange(town.Watch.Peaks.Buffered, town.Helios.Options.MaxBufferedBytes / 5, long.MaxValue);
    }
}
