namespace HeliosStarling.Siege;

/// <summary>The process under siege: the server on one port, and on another what the other process asks and tells it.</summary>
internal static class ControlServer
{
    public static async Task RunAsync(int port, int controlPort, Settings settings)
    {
        using var release = new HandlerRelease();
        var reads = new KeptReads();
        await using var helios = Fortress.Create(settings.Configure, release, reads);
        await using var listener = await helios.StartAsync($"http://127.0.0.1:{port}");
        using var watch = new Watch(helios, listener);
        var speaker = new Speaker(helios);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{controlPort}");
        await using var app = builder.Build();
        app.MapGet("/readings", (bool collect = false, bool forget = false) =>
        {
            if (collect) Heap.Collect();
            var readings = Readings.Take(helios, listener) with
            {
                Broadcasts = speaker.Number,
                Peaks = watch.Peaks,
                LateReads = reads.Count,
                LateReadFault = reads.Fault,
            };
            if (forget) watch.Forget();
            return readings;
        });
        app.MapPost("/speak", (int count, int interval) => speaker.SpeakAsync(count, TimeSpan.FromMilliseconds(interval)));
        app.MapPost("/release", release.Set);
        app.MapPost("/stop", (IHostApplicationLifetime lifetime) => lifetime.StopApplication());
        await app.StartAsync();
        Console.WriteLine("listening");
        // Otherwise a starter that is gone would leave this process behind.
        await Task.WhenAny(app.WaitForShutdownAsync(), Console.In.ReadToEndAsync());
    }
}
