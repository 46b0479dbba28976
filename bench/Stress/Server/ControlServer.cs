namespace HeliosStarling.Stress;

/// <summary>The process under attack: the server on one port, and on another port an HTTP endpoint that controls and reads it.</summary>
internal static class ControlServer
{
    public static async Task RunAsync(int port, int controlPort, Settings settings)
    {
        using var release = new HandlerRelease();
        var reads = new LateReads();
        await using var helios = TargetServer.Create(settings.Configure, release, reads);
        await using var listener = await helios.StartAsync($"http://127.0.0.1:{port}");
        using var monitor = new PeakMonitor(helios, listener);
        var broadcaster = new Broadcaster(helios);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{controlPort}");
        await using var app = builder.Build();
        app.MapGet("/snapshot", (bool collect = false, bool reset = false) =>
        {
            if (collect) Heap.Collect();
            var snapshot = ServerSnapshot.Take(helios, listener) with
            {
                Broadcasts = broadcaster.Number,
                Peaks = monitor.Peaks,
                LateReads = reads.Count,
                LateReadFault = reads.Fault,
            };
            if (reset) monitor.Reset();
            return snapshot;
        });
        app.MapPost("/broadcast", (int count, int interval) => broadcaster.BroadcastAsync(count, TimeSpan.FromMilliseconds(interval)));
        app.MapPost("/release", release.Set);
        app.MapPost("/stop", (IHostApplicationLifetime lifetime) => lifetime.StopApplication());
        await app.StartAsync();
        Console.WriteLine("listening");
        // The standard input ends with the starting process: this process then ends too.
        await Task.WhenAny(app.WaitForShutdownAsync(), Console.In.ReadToEndAsync());
    }
}
