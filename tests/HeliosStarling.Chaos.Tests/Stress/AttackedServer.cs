namespace HeliosStarling.Stress;

/// <summary>A server in this process with normal clients, for tests that attack it.</summary>
internal sealed class AttackedServer : IAsyncDisposable
{
    private readonly HeliosListener _listener;
    private readonly HandlerRelease _release;

    private AttackedServer(Helios helios, HeliosListener listener, HandlerRelease release) =>
        (Helios, _listener, _release) = (helios, listener, release);

    public Helios Helios { get; }

    public required NormalClients NormalClients { get; init; }

    public required PeakMonitor Monitor { get; init; }

    public required Broadcaster Broadcaster { get; init; }

    public required LateReads LateReads { get; init; }

    public LeanPlaces Places => _listener.Places;

    public int Port => _listener.Addresses[0].Port;

    public static async Task<AttackedServer> StartAsync(int normalClients, Action<HeliosOptions>? configure = null)
    {
        var (release, reads) = (new HandlerRelease(), new LateReads());
        var helios = TargetServer.Create(options =>
        {
            options.MaxBufferedBytes = 16 * 1024 * 1024;
            options.DisconnectionTtl = TimeSpan.FromSeconds(1);
            // On a busy machine clients answer pings late.
            options.KeepAliveTimeout = options.ConnectionTimeout = TimeSpan.FromMinutes(1);
            configure?.Invoke(options);
        }, release, reads);
        var listener = await helios.StartAsync("http://127.0.0.1:0");
        var clients = await NormalClients.ConnectAsync(listener.Addresses[0].Port, normalClients);
        return new AttackedServer(helios, listener, release)
        {
            NormalClients = clients,
            Monitor = new PeakMonitor(helios, listener),
            Broadcaster = new Broadcaster(helios),
            LateReads = reads,
        };
    }

    /// <summary>Sends a broadcast in each round, and a request from the next normal client.</summary>
    /// <returns>The number of broadcasts sent so far.</returns>
    public async Task<long> RunTrafficAsync(int rounds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var round = 0; round < rounds; round++)
        {
            await Broadcaster.BroadcastAsync();
            await NormalClients.Clients[round % NormalClients.Clients.Count].AskAsync("stress:wait", "1");
            await timer.WaitForNextTickAsync();
        }
        return Broadcaster.Number;
    }

    /// <summary>Ends handlers that block their threads or never return.</summary>
    public void ReleaseThreads() => _release.Set();

    /// <summary>Asserts that all normal clients are connected and have every broadcast and answer.</summary>
    public async Task AssertNormalClientsServedAsync(long broadcasts)
    {
        await Eventually.TrueAsync(() => NormalClients.Lost > 0 || NormalClients.HasAll(broadcasts));
        Assert.Empty(NormalClients.Clients.Where(client => client.Closed is not null).Select(client => client.Closed));
        Assert.Equal((0, 0), (NormalClients.Failed, NormalClients.TakeMissing(broadcasts)));
    }

    public void AssertWithinBounds(int connections)
    {
        var (options, peaks) = (Helios.Options, Monitor.Peaks);
        // HeliosOptions.MaxBufferedBytes: each starling always has 64 KiB for each of three purposes.
        Assert.InRange(peaks.Buffered, 1, options.MaxBufferedBytes + (connections * 3 * 64 * 1024));
        Assert.InRange(peaks.Running, 0, options.MaxConcurrentRequests);
        Assert.InRange(peaks.Waiting, 0, options.MaxQueuedRequests);
        Assert.InRange(peaks.Blocking, 0, options.MaxBlockingThreads);
        Assert.InRange(peaks.MostRequestsOfOne, 0, options.MaxRequestsPerStarling);
        Assert.InRange(peaks.MostMessagesOfOne, 0, options.MessageBufferSize);
        Assert.InRange(peaks.LargestOutbox, 0, options.MessageBufferBytes + options.MaxMessageSize);
    }

    public async ValueTask DisposeAsync()
    {
        ReleaseThreads();
        NormalClients.Dispose();
        Monitor.Dispose();
        await _listener.DisposeAsync();
        await Helios.DisposeAsync();
    }
}
