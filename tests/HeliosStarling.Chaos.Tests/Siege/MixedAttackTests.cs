using System.Globalization;

namespace HeliosStarling.Siege;

/// <summary>
/// Clients that attack in every known way, choose another way again and again, and come and go as they like. Counts and bytes stay within
/// their bounds, bystanders get every answer, and nothing is left in the end. <c>SIEGE_SEED</c> repeats a run, <c>SIEGE_SECONDS</c> makes
/// it longer.
/// </summary>
public class MixedAttackTests(ITestOutputHelper output)
{
    // A minute and a half: only a run in which something is wrong needs them all.
    private const int MostTurns = 30;

    private const int Innocents = 10;
    private const int Hostile = 48;
    private const int LeastServed = 10;
    private const int MaxConnections = 100;
    private const int MaxMessageSize = 256 * 1024;
    private const long MaxStateStoreBytes = 2 * 1024 * 1024;

    // What the runtime makes once, and the free buffers that each thread keeps for itself.
    private const long HeapSlack = 16 * 1024 * 1024;
    private const long HeapOfOneThread = 4 * 1024 * 1024;

    // A place is counted before it is refused: by each thread that does so at the moment.
    private const int CountedAtOnce = 16;

    private static readonly TimeSpan s_ttl = TimeSpan.FromSeconds(3);

    public static TheoryData<int> Seeds => Setting("SIEGE_SEED") is { } seed ? [(int)seed] : [1, Random.Shared.Next(1_000_000)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Attacks_AllTogether_BystandersAreServedAndNothingIsLeft(int seed)
    {
        // More than the hostile ones and those they leave behind can take together.
        var peaks = await RunAsync(seed, maxBufferedBytes: 512L * 1024 * 1024, mayRefuseLarge: false);

        Assert.InRange(peaks.LeastShare, 1024 * 1024, long.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Attacks_AllTogetherInLittleMemory_SmallRequestsOfBystandersAreServed(int seed)
    {
        await RunAsync(seed, maxBufferedBytes: 16 * 1024 * 1024, mayRefuseLarge: true);
    }

    private async Task<Peaks> RunAsync(int seed, long maxBufferedBytes, bool mayRefuseLarge)
    {
        output.WriteLine($"SIEGE_SEED={seed}");
        await using var town = await Stronghold.StartAsync(Innocents, options => Configure(options, maxBufferedBytes));
        var heapBefore = Heap.Collect();
        var census = new Census(town.Helios);
        var attacks = AllAttacks.Of(MaxMessageSize);
        using var bystanders = new Bystanders(town.Port, seed, s_ttl);
        await using (var horde = new ChangingHorde(town.Port, attacks, Hostile, seed))
        {
            var broadcasts = await LiveOnAsync(town, bystanders);
            await horde.DisposeAsync();
            await bystanders.StopAsync();
            Report(town, bystanders, horde);
            Assert.Null(horde.Fault);
            Assert.Equal(attacks.Count, horde.Counts.Count);
            AssertServed(bystanders, mayRefuseLarge);
            await town.AssertUnharmedAsync(broadcasts);
        }
        Assert.True(town.Reads.Count > 0);
        Assert.Null(town.Reads.Fault);
        AssertWithinBounds(town);
        await AssertNothingIsLeftAsync(town, census, heapBefore);
        return town.Watch.Peaks;
    }

    private static void Configure(HeliosOptions options, long maxBufferedBytes)
    {
        (options.MaxBufferedBytes, options.MaxMessageSize, options.MaxStateStoreBytes) = (
            maxBufferedBytes, MaxMessageSize, MaxStateStoreBytes);
        (options.MaxRequestBytesPerStarling, options.MessageBufferBytes) = (2 * MaxMessageSize, 4 * MaxMessageSize);
        // Three hostile addresses leave the bystanders' one its share.
        (options.MaxConnections, options.MaxConnectionsPerAddress) = (MaxConnections, 24);
        (options.MaxConcurrentRequests, options.MaxQueuedRequests, options.MaxBlockingThreads) = (200, 1_000, 8);
        options.RateLimits.Upgrades = new RateLimit(60, TimeSpan.FromSeconds(1)) { Burst = 100 };
        options.DisconnectionTtl = s_ttl;
    }

    /// <summary>Until the time is over, each bystander was served often enough, and the attacks have shown in what is bounded.</summary>
    private static async Task<long> LiveOnAsync(Stronghold town, Bystanders bystanders)
    {
        var rounds = (int)((Setting("SIEGE_SECONDS") ?? 3) * 50);
        long broadcasts;
        var left = MostTurns;
        do broadcasts = await town.LiveOnAsync(rounds);
        while (--left > 0 && !bystanders.Faults.Any()
            && (bystanders.All.Any(bystander => bystander.Served < LeastServed) || !HasShown(town.Watch.Peaks)));
        return broadcasts;
    }

    private static bool HasShown(Peaks peaks) => peaks is { Held: > 0, StateBytes: > 0, Opening: > 0 };

    private void Report(Stronghold town, Bystanders bystanders, ChangingHorde horde)
    {
        output.WriteLine($"{town.Watch.Peaks}");
        output.WriteLine($"{town.Reads.Count} late reads; {bystanders}");
        output.WriteLine(string.Join(", ", horde.Counts.Select(count => $"{count.Key} x {count.Value}")));
    }

    private static void AssertServed(Bystanders bystanders, bool mayRefuseLarge)
    {
        Assert.Empty(bystanders.Faults);
        Assert.All(
            bystanders.All.Where(bystander => !mayRefuseLarge || bystander != bystanders.Large),
            bystander => Assert.Equal(0, bystander.Refused));
    }

    private static void AssertWithinBounds(Stronghold town)
    {
        var (options, peaks) = (town.Helios.Options, town.Watch.Peaks);
        town.AssertWithinBounds(peaks.Connections + peaks.Held);
        Assert.InRange(peaks.Connections, 1, options.MaxConnections + CountedAtOnce);
        Assert.InRange(peaks.Held, 1, options.MaxConnections);
        Assert.InRange(peaks.StateBytes, 1, options.MaxStateStoreBytes);
        Assert.InRange(peaks.Opening, 1, town.Places.Opening.Limit + CountedAtOnce);
        Assert.InRange(peaks.Refusing, 0, town.Places.Refusing.Limit + CountedAtOnce);
    }

    private static async Task AssertNothingIsLeftAsync(Stronghold town, Census census, long heapBefore)
    {
        town.Crowd.Dispose();
        town.ReleaseThreads();
        var (helios, lanes) = (town.Helios, town.Helios.Engine.Lanes);
        await Eventually.TrueAsync(() => helios.Connections.Count == 0);
        await Eventually.TrueAsync(() => town.Places is { Opening.Count: 0, Refusing.Count: 0 });
        await Eventually.TrueAsync(
            () => helios.Starlings is { TotalCount: 0, ConnectedCount: 0, GroupCount: 0 } && helios.Node.Held.Count == 0);
        await Eventually.TrueAsync(() => lanes.Pool is { Running: 0, Waiting: 0 } && lanes.Threads is { Running: 0, Waiting: 0 });
        await Eventually.TrueAsync(() => town.Reads.Readers == 0);
        await Eventually.TrueAsync(() => helios.Engine.Buffers.Rented == 0);
        await Eventually.TrueAsync(() => helios.Node.Parties.Count == 0);
        await Eventually.TrueAsync(() => census.CountAlive() == 0);
        Assert.InRange(Heap.Collect() - heapBefore, long.MinValue, HeapSlack + (ThreadPool.ThreadCount * HeapOfOneThread));
    }

    private static double? Setting(string name) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
