namespace HeliosStarling.Siege;

/// <summary>A thousand connections that want the server's memory, beside innocents.</summary>
internal static class AttackRun
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static async Task<bool> RunAsync(Settings settings)
    {
        var (clients, each, seconds) = (settings.Clients ?? 100, settings.Each ?? 100, settings.Seconds ?? 60);
        var options = new HeliosOptions();
        settings.Configure(options);
        var kinds = new Attackers(options.MaxMessageSize).All.Count;
        Console.WriteLine($"{clients} innocents, {each} attackers of each of {kinds} kinds, {seconds} s, MaxBufferedBytes {Verdict.InMegabytes(options.MaxBufferedBytes)} MB, "
            + $"{(settings.Limited ? "100 messages per second and starling, 200 at once" : "no rate limit")}");
        await using var server = await ServerProcess.StartAsync(settings);
        using var crowd = await Crowd.ConnectAsync(server.Port, clients);
        using var stop = new CancellationTokenSource();
        var asking = crowd.AskAsync(perSecond: 100, stop.Token);
        await Task.Delay(TimeSpan.FromSeconds(3));
        var before = await server.ReadAsync(forget: true);
        Console.WriteLine($"before: answer {ToText(crowd.Answers.Take())}, {ToText(before)}");
        long last;
        Readings during;
        await using (var horde = await HordeProcess.StartAsync(server.Port, each, settings.Seed, settings))
        {
            last = await SpeakAsync(server, crowd, seconds);
            during = await server.ReadAsync();
            Console.WriteLine($"attackers thrown out, by close code: {await horde.StopAsync()}");
        }
        await stop.CancelAsync();
        await asking;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!crowd.HasAll(last) && crowd.Lost == 0 && !limit.IsCancellationRequested) await Task.Delay(50);
        Console.WriteLine($"during: answer {ToText(crowd.Answers.Take())}, delivery {ToText(crowd.Deliveries.Take())}");
        Console.WriteLine($"after: {ToText(await server.ReadAsync(collect: true))}");
        return Judge(crowd, during, options, last, clients + (kinds * each));
    }

    private static async Task<long> SpeakAsync(ServerProcess server, Crowd crowd, int seconds)
    {
        long last = 0;
        for (var passed = 0; passed < seconds; passed += 10)
        {
            var some = Math.Min(10, seconds - passed);
            last = await server.SpeakAsync((int)(some * 1000 / Interval.TotalMilliseconds), Interval);
            Console.WriteLine($"{passed + some,4} s: {ToText(await server.ReadAsync())}, innocents lost {crowd.Lost}{crowd.LossCodes}, {crowd.Open} requests open, answers {ToText(crowd.Answers.Take())}");
        }
        return last;
    }

    private static bool Judge(Crowd crowd, Readings during, HeliosOptions options, long last, int connections)
    {
        Console.WriteLine($"peak working set {Verdict.InMegabytes(during.PeakWorkingSet)} MB, peak buffered {Verdict.InMegabytes(during.Peaks!.Buffered)} MB of MaxBufferedBytes {Verdict.InMegabytes(options.MaxBufferedBytes)} MB");
        var verdict = new Verdict();
        verdict.Check(crowd.Lost == 0, $"{crowd.Lost} innocents lost their connections{crowd.LossCodes}");
        verdict.Check(crowd.Open == 0 && crowd.Failed == 0, $"{crowd.Asked} requests of innocents, {crowd.Open} without answer, {crowd.Failed} failed");
        var missing = crowd.TakeMissing(last);
        verdict.Check(missing == 0, $"{missing} broadcasts did not reach an innocent");
        verdict.CheckBounds(during.Peaks, options, connections);
        return verdict.Holds;
    }

    private static string ToText(Percentiles times) => $"p50 {times.P50:F1} p99 {times.P99:F1} max {times.Max:F1} ms ({times.Count})";

    private static string ToText(Readings now) =>
        $"{now.Connections} connections, buffered {Verdict.InMegabytes(now.Buffered)} MB, outboxes {now.OutboxMessages}, running {now.Running}, waiting {now.Waiting}, groups {now.Groups}, "
        + $"working set {Verdict.InMegabytes(now.WorkingSet)} MB, heap {Verdict.InMegabytes(now.Heap)} MB, {now.Handles} handles, {now.Threads} threads";
}
