namespace HeliosStarling.Stress;

/// <summary>Hostile clients beside normal ones. Checks counts and bytes; <c>bench/Stress</c> measures times.</summary>
public class HostileClientTests(ITestOutputHelper output)
{
    private const int NormalClientCount = 100;
    private const int Each = 6;
    private const int Rounds = 150;
    private const int Seed = 1;

    [Fact]
    public async Task NoisyNeighbors_OfEveryKind_NormalClientsGetEverythingAndMemoryIsBounded()
    {
        await using var server = await AttackedServer.StartAsync(
            NormalClientCount, options => options.RateLimits.PerConnection = new RateLimit(100, TimeSpan.FromSeconds(1)) { Burst = 200 });
        await using var hostile = new HostileClients(server.Port, NoisyNeighbors.All, Each, Seed);
        await hostile.AllConnected.InTime();
        await Eventually.TrueAsync(() => server.Helios.Engine.Lanes is { Threads.Running: > 0, Pool.Running: > 0 });

        var broadcasts = await server.RunTrafficAsync(Rounds);

        output.WriteLine($"{server.Monitor.Peaks}; {string.Join(", ", hostile.Disconnects)}");
        await server.AssertNormalClientsServedAsync(broadcasts);
        server.AssertWithinBounds(NormalClientCount + (Each * NoisyNeighbors.All.Count));
    }

    [Fact]
    public async Task BlockingHandlers_UseAllThreads_OtherMethodsAreAnswered()
    {
        await using var server = await AttackedServer.StartAsync(normalClients: 10, options => options.MaxBlockingThreads = 2);
        var blocking = NoisyNeighbors.All.Where(kind => kind.Name == "blocks threads");
        await using var hostile = new HostileClients(server.Port, blocking, ofEach: 8, Seed);
        await hostile.AllConnected.InTime();
        await Eventually.TrueAsync(() => server.Helios.Engine.Lanes.Threads is { Running: 2, Waiting: > 10 });
        await server.NormalClients.Clients[0].AskAsync("stress:block", "null");

        await Task.WhenAll(server.NormalClients.Clients.Skip(1).Select(client => client.AskAsync("stress:wait", "1").AsTask()));

        await Eventually.TrueAsync(() => server.NormalClients.Clients.Skip(1).All(client => client.Open == 0));
        Assert.Equal(1, server.NormalClients.Clients[0].Open);
        server.ReleaseThreads();
        await server.AssertNormalClientsServedAsync(broadcasts: 0);
    }

    [Fact]
    public async Task Memory_UnderMemoryAttacks_IsBoundedAndNormalClientsStay()
    {
        await using var server = await AttackedServer.StartAsync(NormalClientCount);
        var kinds = new MemoryAttacks(server.Helios.Options.MaxMessageSize).All;
        await using var hostile = new HostileClients(server.Port, kinds, Each, Seed);
        await hostile.AllConnected.InTime();

        var broadcasts = await server.RunTrafficAsync(Rounds);

        output.WriteLine($"{server.Monitor.Peaks}; {string.Join(", ", hostile.Disconnects)}");
        await hostile.DisposeAsync();
        await server.AssertNormalClientsServedAsync(broadcasts);
        server.AssertWithinBounds(NormalClientCount + (Each * kinds.Count));
        // All attackers have one address, which may take a quarter of the memory that the others do not use, and takes most of that.
        Assert.InRange(server.Monitor.Peaks.Buffered, server.Helios.Options.MaxBufferedBytes / 5, long.MaxValue);
    }
}
