namespace HeliosStarling.Stress;

/// <summary>Broadcasts to normal clients, alternately alone and beside noisy neighbors in the same group.</summary>
internal static class NeighborsRun
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // After this time outboxes are full and threads are blocked.
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(3);

    private const int RequestsPerSecond = 500;

    public static async Task<bool> RunAsync(Settings settings)
    {
        var (clients, each, seconds) = (settings.Clients ?? 1000, settings.Each ?? 32, settings.Seconds ?? 10);
        Console.WriteLine($"{clients} normal clients, {each} hostile clients of each of {NoisyNeighbors.All.Count} kinds, {1000 / s_interval.TotalMilliseconds:F0} broadcasts and {RequestsPerSecond} requests per second, "
            + $"{(settings.Limited ? "100 messages per second and starling, 200 at once, 10 upgrades per second and address, 2,000 at once" : "no rate limit")}, MaxBufferedBytes {Verdict.InMegabytes(settings.MaxBufferedBytes)} MB");
        await using var server = await ServerProcess.StartAsync(settings);
        using var normalClients = await NormalClients.ConnectAsync(server.Port, clients);
        using var stop = new CancellationTokenSource();
        var asking = normalClients.AskAsync(RequestsPerSecond, stop.Token);
        await server.BroadcastAsync((int)(10_000 / s_interval.TotalMilliseconds), s_interval);
        var (alone, beside) = (new List<Phase>(), new List<Phase>());
        Console.WriteLine(
            $"{"",-8} {"delivery p50",12} {"p99",8} {"max ms",8} {"answer p50",12} {"p99",8} {"max ms",8} {"missing",8} {"lost",5} {"server CPU s",13} {"buffered MB",12}");
        // The first pair of phases is a warm-up: it compiles the code that only hostile clients reach.
        for (var round = -1; round < settings.Rounds; round++)
        {
            var isWarm = round >= 0;
            var alonePhase = await MeasureAsync(isWarm ? "alone" : "(alone)", server, normalClients, seconds);
            await using (var hostile = await HostileProcess.StartAsync(server.Port, each, settings.Seed + (round * 1000), settings))
            {
                await Task.Delay(s_settling);
                var besidePhase = await MeasureAsync(isWarm ? "beside" : "(beside)", server, normalClients, seconds);
                if (isWarm) (alone, beside) = ([.. alone, alonePhase], [.. beside, besidePhase]);
                Console.WriteLine($"         disconnected hostile clients, by close code: {await hostile.StopAsync()}");
            }
            await CalmAsync(server);
        }
        await stop.CancelAsync();
        await asking;
        return Judge(settings, normalClients, alone, beside, clients + (each * NoisyNeighbors.All.Count));
    }

    private static async Task<Phase> MeasureAsync(string name, ServerProcess server, NormalClients normalClients, int seconds)
    {
        await WaitForAllAsync(server, normalClients);
        normalClients.TakeMissing(0);
        (_, _) = (normalClients.Deliveries.Take(), normalClients.Answers.Take());
        var before = await server.ReadAsync(reset: true);
        var last = await server.BroadcastAsync((int)(seconds * 1000 / s_interval.TotalMilliseconds), s_interval);
        await WaitForAllAsync(server, normalClients);
        var after = await server.ReadAsync();
        var phase = new Phase(
            normalClients.Deliveries.Take(),
            normalClients.Answers.Take(),
            normalClients.TakeMissing(last - before.Broadcasts),
            normalClients.Lost,
            after.CpuSeconds - before.CpuSeconds,
            after.Peaks!,
            after);
        Console.WriteLine(phase.ToLine(name));
        return phase;
    }

    private static async Task WaitForAllAsync(ServerProcess server, NormalClients normalClients)
    {
        var last = (await server.ReadAsync()).Broadcasts;
        using var limit = new CancellationTokenSource(s_patience);
        // New requests are sent all the time, so open requests are not waited for.
        while (!limit.IsCancellationRequested
            && !normalClients.Clients.All(client => client.LastBroadcast >= last || client.Closed is not null))
        {
            await Task.Delay(20);
        }
    }

    /// <summary>Waits until the neighbors' handlers have ended, so that they do not disturb the next measurement.</summary>
    private static async Task CalmAsync(ServerProcess server)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (await server.ReadAsync() is { Blocking: > 0 } or { Running: > 100 } && !limit.IsCancellationRequested) await Task.Delay(200);
    }

    private static bool Judge(Settings settings, NormalClients normalClients, List<Phase> alone, List<Phase> beside, int connections)
    {
        var (p99Alone, p99Beside) = (Median(alone, phase => phase.Deliveries.P99), Median(beside, phase => phase.Deliveries.P99));
        Console.WriteLine($"medians: delivery p50 {Median(alone, p => p.Deliveries.P50):F1} ms alone, {Median(beside, p => p.Deliveries.P50):F1} beside; p99 {p99Alone:F1} alone, {p99Beside:F1} beside: ratio {p99Beside / p99Alone:F2}");
        SpinWait.SpinUntil(() => normalClients.Open == 0, TimeSpan.FromSeconds(10));
        var options = new HeliosOptions();
        settings.Configure(options);
        var verdict = new Verdict();
        verdict.Check(normalClients.Lost == 0, $"{normalClients.Lost} normal clients lost their connections{normalClients.LossCodes}");
        verdict.Check(
            alone.Concat(beside).Sum(phase => phase.Missing) == 0,
            $"{alone.Concat(beside).Sum(phase => phase.Missing)} broadcasts did not reach a normal client");
        verdict.Check(
            normalClients.Open == 0 && normalClients.Failed == 0,
            $"{normalClients.Asked} requests of normal clients, {normalClients.Open} without answer, {normalClients.Failed} failed");
        foreach (var phase in beside) verdict.CheckBounds(phase.Peaks, options, connections);
        return verdict.Holds;
    }

    private static double Median(List<Phase> phases, Func<Phase, double> of) => phases.Select(of).Order().ElementAt(phases.Count / 2);

    private sealed record Phase(
        Percentiles Deliveries, Percentiles Answers, long Missing, int Lost, double Cpu, Peaks Peaks, ServerSnapshot Snapshot)
    {
        public string ToLine(string name) =>
            $"{name,-8} {Deliveries.P50,12:F1} {Deliveries.P99,8:F1} {Deliveries.Max,8:F1} {Answers.P50,12:F1} {Answers.P99,8:F1} {Answers.Max,8:F1} {Missing,8} {Lost,5} {Cpu,13:F2} {Verdict.InMegabytes(Peaks.Buffered),12}";
    }
}
