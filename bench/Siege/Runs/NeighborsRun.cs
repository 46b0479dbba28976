namespace HeliosStarling.Siege;

/// <summary>Broadcasts to a crowd, alone and beside hostile neighbors in the same group, by turns.</summary>
internal static class NeighborsRun
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // What the neighbors do is under way then: outboxes are full, threads blocked.
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(3);

    private const int AsksPerSecond = 500;

    public static async Task<bool> RunAsync(Settings settings)
    {
        var (clients, each, seconds) = (settings.Clients ?? 1000, settings.Each ?? 32, settings.Seconds ?? 10);
        Console.WriteLine($"{clients} live starlings, {each} hostile ones of each of {Neighbors.All.Count} kinds, {1000 / s_interval.TotalMilliseconds:F0} broadcasts and {AsksPerSecond} requests per second, "
            + $"{(settings.Limited ? "100 messages per second and starling, 200 at once, 10 upgrades per second and address, 2,000 at once" : "no rate limit")}, MaxBufferedBytes {Verdict.InMegabytes(settings.MaxBufferedBytes)} MB");
        await using var server = await ServerProcess.StartAsync(settings);
        using var crowd = await Crowd.ConnectAsync(server.Port, clients);
        using var stop = new CancellationTokenSource();
        var asking = crowd.AskAsync(AsksPerSecond, stop.Token);
        await server.SpeakAsync((int)(10_000 / s_interval.TotalMilliseconds), s_interval);
        var (alone, beside) = (new List<Phase>(), new List<Phase>());
        Console.WriteLine(
            $"{"",-8} {"delivery p50",12} {"p99",8} {"max ms",8} {"answer p50",12} {"p99",8} {"max ms",8} {"missing",8} {"lost",5} {"server CPU s",13} {"buffered MB",12}");
        // The first pair of phases only warms up: what the hostile ones cause has never run before.
        for (var round = -1; round < settings.Rounds; round++)
        {
            var isWarm = round >= 0;
            var alonePhase = await MeasureAsync(isWarm ? "alone" : "(alone)", server, crowd, seconds);
            await using (var horde = await HordeProcess.StartAsync(server.Port, each, settings.Seed + (round * 1000), settings))
            {
                await Task.Delay(s_settling);
                var besidePhase = await MeasureAsync(isWarm ? "beside" : "(beside)", server, crowd, seconds);
                if (isWarm) (alone, beside) = ([.. alone, alonePhase], [.. beside, besidePhase]);
                Console.WriteLine($"         hostile thrown out, by close code: {await horde.StopAsync()}");
            }
            await CalmAsync(server);
        }
        await stop.CancelAsync();
        await asking;
        return Judge(settings, crowd, alone, beside, clients + (each * Neighbors.All.Count));
    }

    private static async Task<Phase> MeasureAsync(string name, ServerProcess server, Crowd crowd, int seconds)
    {
        await WaitForAllAsync(server, crowd);
        crowd.TakeMissing(0);
        (_, _) = (crowd.Deliveries.Take(), crowd.Answers.Take());
        var before = await server.ReadAsync(forget: true);
        var last = await server.SpeakAsync((int)(seconds * 1000 / s_interval.TotalMilliseconds), s_interval);
        await WaitForAllAsync(server, crowd);
        var after = await server.ReadAsync();
        var phase = new Phase(
            crowd.Deliveries.Take(),
            crowd.Answers.Take(),
            crowd.TakeMissing(last - before.Broadcasts),
            crowd.Lost,
            after.CpuSeconds - before.CpuSeconds,
            after.Peaks!,
            after);
        Console.WriteLine(phase.ToLine(name));
        return phase;
    }

    private static async Task WaitForAllAsync(ServerProcess server, Crowd crowd)
    {
        var last = (await server.ReadAsync()).Broadcasts;
        using var limit = new CancellationTokenSource(s_patience);
        // Requests are asked all the time: those that are open now are enough.
        while (!crowd.Innocents.All(innocent => innocent.Last >= last || innocent.Closed is not null) && !limit.IsCancellationRequested)
            await Task.Delay(20);
    }

    /// <summary>Waits until what the neighbors began has ended, so that the next measurement is without them.</summary>
    private static async Task CalmAsync(ServerProcess server)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (await server.ReadAsync() is { Blocking: > 0 } or { Running: > 100 } && !limit.IsCancellationRequested) await Task.Delay(200);
    }

    private static bool Judge(Settings settings, Crowd crowd, List<Phase> alone, List<Phase> beside, int connections)
    {
        var (p99Alone, p99Beside) = (Median(alone, phase => phase.Deliveries.P99), Median(beside, phase => phase.Deliveries.P99));
        Console.WriteLine($"medians: delivery p50 {Median(alone, p => p.Deliveries.P50):F1} ms alone, {Median(beside, p => p.Deliveries.P50):F1} beside; p99 {p99Alone:F1} alone, {p99Beside:F1} beside: ratio {p99Beside / p99Alone:F2}");
        SpinWait.SpinUntil(() => crowd.Open == 0, TimeSpan.FromSeconds(10));
        var options = new HeliosOptions();
        settings.Configure(options);
        var verdict = new Verdict();
        verdict.Check(crowd.Lost == 0, $"{crowd.Lost} live starlings lost their connections{crowd.LossCodes}");
        verdict.Check(
            alone.Concat(beside).Sum(phase => phase.Missing) == 0,
            $"{alone.Concat(beside).Sum(phase => phase.Missing)} broadcasts did not reach a live starling");
        verdict.Check(
            crowd.Open == 0 && crowd.Failed == 0,
            $"{crowd.Asked} requests of live starlings, {crowd.Open} without answer, {crowd.Failed} failed");
        foreach (var phase in beside) verdict.CheckBounds(phase.Peaks, options, connections);
        return verdict.Holds;
    }

    private static double Median(List<Phase> phases, Func<Phase, double> of) => phases.Select(of).Order().ElementAt(phases.Count / 2);

    private sealed record Phase(
        Percentiles Deliveries, Percentiles Answers, long Missing, int Lost, double Cpu, Peaks Peaks, Readings Readings)
    {
        public string ToLine(string name) =>
            $"{name,-8} {Deliveries.P50,12:F1} {Deliveries.P99,8:F1} {Deliveries.Max,8:F1} {Answers.P50,12:F1} {Answers.P99,8:F1} {Answers.Max,8:F1} {Missing,8} {Lost,5} {Cpu,13:F2} {Verdict.InMegabytes(Peaks.Buffered),12}";
    }
}
