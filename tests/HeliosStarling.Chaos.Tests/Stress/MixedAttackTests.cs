using System.Globalization;

namespace HeliosStarling.Stress;

/// <summary>
/// Clients that run all known attacks in random order. Counts and bytes stay within their bounds, verifying clients get every answer, and
/// nothing leaks. <c>STRESS_SEED</c> repeats a run, <c>STRESS_SECONDS</c> makes it longer.
/// </summary>
public class MixedAttackTests(ITestOutputHelper output)
{
    // A minute and a half. Only a run with a fault needs all of them.
    private const int MostRepetitions = 30;

    private const int NormalClientCount = 10;
    private const int Attackers = 48;
    private const int LeastRounds = 10;
    private const int MaxConnections = 100;
    private const int MaxMessageSize = 256 * 1024;
    private const long MaxStateStoreBytes = 2 * 1024 * 1024;

    // Objects that the runtime creates once, and the free buffers of each thread.
    private const long HeapSlack = 16 * 1024 * 1024;
    private const long HeapOfOneThread = 4 * 1024 * 1024;

    // Each thread counts a place for a moment before it refuses it.
    private const int CountedAtOnce = 16;

    private static readonly TimeSpan s_ttl = TimeSpan.FromSeconds(3);

    public static TheoryData<int> Seeds => Setting("STRESS_SEED") is { } seed ? [(int)seed] : [1, Random.Shared.Next(1_000_000)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task AllAttacks_EnoughMemory_VerifyingClientsAreServedAndNothingLeaks(int seed)
    {
        // More than all hostile clients and their held starlings can take together.
        var peaks = await RunAsync(seed, maxBufferedBytes: 512L * 1024 * 1024, mayRefuseLarge: false);

        Assert.InRange(peaks.LeastShare, 1024 * 1024, long.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task AllAttacks_LittleMemory_SmallRequestsAreServedAndNothingLeaks(int seed)
    {
        await RunAsync(seed, maxBufferedBytes: 16 * 1024 * 1024, mayRefuseLarge: true);
    }

    private async Task<Peaks> RunAsync(int seed, long maxBufferedBytes, bool mayRefuseLarge)
    {
        output.WriteLine($"STRESS_SEED={seed}");
        await using var server = await AttackedServer.StartAsync(NormalClientCount, options => Configure(options, maxBufferedBytes));
        var heapBefore = Heap.Collect();
        var starlings = new StarlingTracker(server.Helios);
        var attacks = AllAttacks.Of(MaxMessageSize);
        using var verifyingClients = new VerifyingClients(server.Port, seed, s_ttl);
        await using (var hostile = new ChangingAttackers(server.Port, attacks, Attackers, seed))
        {
            var broadcasts = await RunTrafficAsync(server, verifyingClients);
            await hostile.DisposeAsync();
            await verifyingClients.StopAsync();
            Report(server, verifyingClients, hostile);
            Assert.Null(hostile.Fault);
            Assert.Equal(attacks.Count, hostile.Counts.Count);
            AssertServed(verifyingClients, mayRefuseLarge);
            await server.AssertNormalClientsServedAsync(broadcasts);
        }
        Assert.True(server.LateReads.Count > 0);
        Assert.Null(server.LateReads.Fault);
        AssertWithinBounds(server);
        await AssertNoLeaksAsync(server, starlings, heapBefore);
        return server.Monitor.Peaks;
    }

    private static void Configure(HeliosOptions options, long maxBufferedBytes)
    {
        (options.MaxBufferedBytes, options.MaxMessageSize, options.MaxStateStoreBytes) = (
            maxBufferedBytes, MaxMessageSize, MaxStateStoreBytes);
        (options.MaxRequestBytesPerStarling, options.MessageBufferBytes) = (2 * MaxMessageSize, 4 * MaxMessageSize);
        // Three hostile addresses must leave room for the address of the verifying clients.
        (options.MaxConnections, options.MaxConnectionsPerAddress) = (MaxConnections, 24);
        (options.MaxConcurrentRequests, options.MaxQueuedRequests, options.MaxBlockingThreads) = (200, 1_000, 8);
        options.RateLimits.Upgrades = new RateLimit(60, TimeSpan.FromSeconds(1)) { Burst = 100 };
        options.DisconnectionTtl = s_ttl;
    }

    /// <summary>Runs until each verifying client has completed enough rounds and the attacks have reached all bounded counters.</summary>
    private static async Task<long> RunTrafficAsync(AttackedServer server, VerifyingClients verifyingClients)
    {
        var rounds = (int)((Setting("STRESS_SECONDS") ?? 3) * 50);
        long broadcasts;
        var left = MostRepetitions;
        do broadcasts = await server.RunTrafficAsync(rounds);
        while (--left > 0 && !verifyingClients.Faults.Any()
            && (verifyingClients.All.Any(client => client.Rounds < LeastRounds) || !HasShown(server.Monitor.Peaks)));
        return broadcasts;
    }

    private static bool HasShown(Peaks peaks) => peaks is { Held: > 0, StateBytes: > 0, Opening: > 0 };

    private void Report(AttackedServer server, VerifyingClients verifyingClients, ChangingAttackers hostile)
    {
        output.WriteLine($"{server.Monitor.Peaks}");
        output.WriteLine($"{server.LateReads.Count} late reads; {verifyingClients}");
        output.WriteLine(string.Join(", ", hostile.Counts.Select(count => $"{count.Key} x {count.Value}")));
    }

    private static void AssertServed(VerifyingClients verifyingClients, bool mayRefuseLarge)
    {
        Assert.Empty(verifyingClients.Faults);
        Assert.All(
            verifyingClients.All.Where(client => !mayRefuseLarge || client != verifyingClients.Large),
            client => Assert.Equal(0, client.Refused));
    }

    private static void AssertWithinBounds(AttackedServer server)
    {
        var (options, peaks) = (server.Helios.Options, server.Monitor.Peaks);
        server.AssertWithinBounds(peaks.Connections + peaks.Held);
        Assert.InRange(peaks.Connections, 1, options.MaxConnections + CountedAtOnce);
        Assert.InRange(peaks.Held, 1, options.MaxConnections);
        Assert.InRange(peaks.StateBytes, 1, options.MaxStateStoreBytes);
        Assert.InRange(peaks.Opening, 1, server.Places.Opening.Limit + CountedAtOnce);
        Assert.InRange(peaks.Refusing, 0, server.Places.Refusing.Limit + CountedAtOnce);
    }

    private static async Task AssertNoLeaksAsync(AttackedServer server, StarlingTracker starlings, long heapBefore)
    {
        server.NormalClients.Dispose();
        server.ReleaseThreads();
        var (helios, lanes) = (server.Helios, server.Helios.Engine.Lanes);
        await Eventually.TrueAsync(() => helios.Connections.Count == 0);
        await Eventually.TrueAsync(() => server.Places is { Opening.Count: 0, Refusing.Count: 0 });
        await Eventually.TrueAsync(
            () => helios.Starlings is { TotalCount: 0, ConnectedCount: 0, GroupCount: 0 } && helios.Node.Held.Count == 0);
        await Eventually.TrueAsync(() => lanes.Pool is { Running: 0, Waiting: 0 } && lanes.Threads is { Running: 0, Waiting: 0 });
        await Eventually.TrueAsync(() => server.LateReads.Readers == 0);
        await Eventually.TrueAsync(() => helios.Engine.Buffers.Rented == 0);
        await Eventually.TrueAsync(() => helios.Node.Parties.Count == 0);
        await Eventually.TrueAsync(() => starlings.CountAlive() == 0);
        Assert.InRange(Heap.Collect() - heapBefore, long.MinValue, HeapSlack + (ThreadPool.ThreadCount * HeapOfOneThread));
    }

    private static double? Setting(string name) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
