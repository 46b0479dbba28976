using System.Globalization;

namespace HeliosStarling.Chaos;

/// <summary>
/// Clients and a server that exchange messages in both directions through a proxy with faults of every kind. <c>CHAOS_SEED</c> repeats a
/// run, <c>CHAOS_MINUTES</c> makes it longer.
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
        await using var server = await TrafficServer.StartAsync();
        await using var proxy = new FaultProxy(server.Port, seed);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(index => server.AddAsync(index, proxy.Url)));

        using var stop = new CancellationTokenSource();
        var broadcasts = server.BroadcastAsync(stop.Token);
        var exchanges = server.Clients.Select(client => server.ExchangeAsync(client, new Random(seed + client.Index), stop.Token)).ToList();
        var closes = CloseSomeAsync(server, new Random(seed), stop.Token);
        await Task.Delay(duration, CancellationToken.None);
        // On a slow machine the faults take longer to happen.
        for (var more = 0; more < 600 && proxy.Counts.Total < LeastFaults; more++) await Task.Delay(100, CancellationToken.None);
        await stop.CancelAsync();
        await Task.WhenAll([broadcasts, closes, .. exchanges]);
        proxy.Calm();
        var settled = await SettleAsync(server);

        output.WriteLine($"{proxy.Counts.Total} faults: {proxy.Counts}");
        output.WriteLine($"{server.Clients.Sum(client => client.Up.Sent)} up, {server.Clients.Sum(client => client.Down.Sent)} down, {server.Clients.Sum(client => client.Broadcasts.Sent)} broadcasts, {server.Clients.Sum(client => client.Answers)} answers");
        Assert.Empty(server.Faults.Take(20));
        Assert.True(settled);
        Assert.InRange(proxy.Counts.Total, LeastFaults, int.MaxValue);
        Assert.All(Enum.GetValues<FaultPlace>(), place => Assert.True(proxy.Counts.Of(place) > 0, $"no fault struck in place {place}"));
        Assert.All(Enum.GetValues<Fault>(), fault => Assert.True(proxy.Counts.Of(fault) > 0, $"no fault of kind {fault} struck"));
        Assert.Equal(Clients, server.Helios.Starlings.ConnectedCount);
    }

    /// <summary>Closes connections of the server at random, as a server does that makes room.</summary>
    private static async Task CloseSomeAsync(TrafficServer server, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var client = server.Clients[random.Next(server.Clients.Count)];
            await server.Helios.Starlings.GetById(client.Id)!.CloseAsync(random.Next(2) == 0 ? 1001 : 4321, "for now");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static async Task<bool> SettleAsync(TrafficServer server)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!limit.IsCancellationRequested)
        {
            if (server.Clients.All(client => client.IsComplete)) return true;
            await Task.Delay(50, CancellationToken.None);
        }
        return false;
    }

    private static double? Setting(string name) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
