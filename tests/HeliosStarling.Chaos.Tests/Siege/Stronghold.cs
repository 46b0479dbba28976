namespace HeliosStarling.Siege;

/// <summary>A server in this process with a crowd inside, to be besieged.</summary>
internal sealed class Stronghold : IAsyncDisposable
{
    private readonly HeliosListener _listener;
    private readonly HandlerRelease _release;

    private Stronghold(Helios helios, HeliosListener listener, HandlerRelease release) =>
        (Helios, _listener, _release) = (helios, listener, release);

    public Helios Helios { get; }

    public required Crowd Crowd { get; init; }

    public required Watch Watch { get; init; }

    public required Speaker Speaker { get; init; }

    public required KeptReads Reads { get; init; }

    public LeanPlaces Places => _listener.Places;

    public int Port => _listener.Addresses[0].Port;

    public static async Task<Stronghold> StartAsync(int innocents, Action<HeliosOptions>? configure = null)
    {
        var (release, reads) = (new HandlerRelease(), new KeptReads());
        var helios = Fortress.Create(options =>
        {
            options.MaxBufferedBytes = 16 * 1024 * 1024;
            options.DisconnectionTtl = TimeSpan.FromSeconds(1);
            // A machine that does other things too is slow to answer pings.
            options.KeepAliveTimeout = options.ConnectionTimeout = TimeSpan.FromMinutes(1);
            configure?.Invoke(options);
        }, release, reads);
        var listener = await helios.StartAsync("http://127.0.0.1:0");
        var crowd = await Crowd.ConnectAsync(listener.Addresses[0].Port, innocents);
        return new Stronghold(helios, listener, release)
        {
            Crowd = crowd,
            Watch = new Watch(helios, listener),
            Speaker = new Speaker(helios),
            Reads = reads,
        };
    }

    /// <summary>Broadcasts, and lets each innocent ask, over and over.</summary>
    /// <returns>How many broadcasts were sent.</returns>
    public async Task<long> LiveOnAsync(int rounds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var round = 0; round < rounds; round++)
        {
            await Speaker.SpeakAsync();
            await Crowd.Innocents[round % Crowd.Innocents.Count].AskAsync("siege:wait", "1");
            await timer.WaitForNextTickAsync();
        }
        return Speaker.Number;
    }

    /// <summary>Lets handlers go that block their threads or never return.</summary>
    public void ReleaseThreads() => _release.Set();

    /// <summary>All innocents have everything, and none was harmed.</summary>
    public async Task AssertUnharmedAsync(long broadcasts)
    {
        await Eventually.TrueAsync(() => Crowd.Lost > 0 || Crowd.HasAll(broadcasts));
        Assert.Empty(Crowd.Innocents.Where(innocent => innocent.Closed is not null).Select(innocent => innocent.Closed));
        Assert.Equal((0, 0), (Crowd.Failed, Crowd.TakeMissing(broadcasts)));
    }

    public void AssertWithinBounds(int connections)
    {
        var (options, peaks) = (Helios.Options, Watch.Peaks);
        // HeliosOptions.MaxBufferedBytes: 64 KiB for each of three purposes are everybody's in any case.
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
        Crowd.Dispose();
        Watch.Dispose();
        await _listener.DisposeAsync();
        await Helios.DisposeAsync();
    }
}
