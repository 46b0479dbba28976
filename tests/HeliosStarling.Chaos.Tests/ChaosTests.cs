using System.Globalization;

namespace HeliosStarling.Chaos;

/// <summary>
/// Clients and a server that talk in both directions over a network that does everything it can to them. <c>CHAOS_SEED</c> repeats a run,
/// <c>CHAOS_MINUTES</c> makes it longer.
/// </summary>
public class ChaosTests(ITestOutputHelper output)
{
    private const int Clients = 50;
    private const int LeastFaults = 1000;

    [Fact]
    public async Task Resume_FaultsEverywhere_EveryMessageOnceAndInOrder()
    {
        var seed = Setting("CHAOS_SEED") is { } given ? (int)given : Random.Shared.Next();
        var duration = TimeSpan.FromMinutes(Setting("CHAOS_MINUTES") ?? 0.4);
        output.WriteLine($"CHAOS_SEED={seed}");
        await using var town = await Town.StartAsync();
        await using var proxy = new FaultProxy(town.Port, seed);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(index => town.AddAsync(index, proxy.Url)));

        using var stop = new CancellationTokenSource();
        var broadcasts = town.BroadcastAsync(stop.Token);
        var talks = town.Members.Select(member => town.TalkAsync(member, new Random(seed + member.Index), stop.Token)).ToList();
        var closes = CloseNowAndThenAsync(town, new Random(seed), stop.Token);
        await Task.Delay(duration, CancellationToken.None);
        // On a slow machine the faults take longer to come.
        for (var more = 0; more < 600 && proxy.Tally.Total < LeastFaults; more++) await Task.Delay(100, CancellationToken.None);
        await stop.CancelAsync();
        await Task.WhenAll([broadcasts, closes, .. talks]);
        proxy.Calm();
        var settled = await SettleAsync(town);

        output.WriteLine($"{proxy.Tally.Total} faults: {proxy.Tally}");
        output.WriteLine($"{town.Members.Sum(member => member.Up.Sent)} up, {town.Members.Sum(member => member.Down.Sent)} down, {town.Members.Sum(member => member.Broadcasts.Sent)} broadcasts, {town.Members.Sum(member => member.Answers)} answers");
        Assert.Empty(town.Faults.Take(20));
        Assert.True(settled);
        Assert.InRange(proxy.Tally.Total, LeastFaults, int.MaxValue);
        Assert.All(Enum.GetValues<Place>(), place => Assert.True(proxy.Tally.Of(place) > 0, $"no fault struck in place {place}"));
        Assert.All(Enum.GetValues<Fault>(), fault => Assert.True(proxy.Tally.Of(fault) > 0, $"no fault of kind {fault} struck"));
        Assert.Equal(Clients, town.Helios.Starlings.ConnectedCount);
    }

    /// <summary>A server that sends its clients away, as one that makes room does.</summary>
    private static async Task CloseNowAndThenAsync(Town town, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var member = town.Members[random.Next(town.Members.Count)];
            await town.Helios.Starlings.GetById(member.Id)!.CloseAsync(random.Next(2) == 0 ? 1001 : 4321, "for now");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static async Task<bool> SettleAsync(Town town)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!limit.IsCancellationRequested)
        {
            if (town.Members.All(member => member.IsDone)) return true;
            await Task.Delay(50, CancellationToken.None);
        }
        return false;
    }

    private static double? Setting(string name) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
