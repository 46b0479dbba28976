namespace HeliosStarling.Siege;

/// <summary>
/// A thousand connections that want the server's memory, and a hundred that try everything known, beside innocents and bystanders.
/// </summary>
internal static class AttackRun
{
    // What the runtime makes once, and the free buffers that each thread keeps for itself.
    private const long HeapSlack = 16 * 1024 * 1024;
    private const long HeapOfOneThread = 4 * 1024 * 1024;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    public static async Task<bool> RunAsync(Settings settings)
    {
        var (clients, each, seconds) = (settings.Clients ?? 100, settings.Each ?? 100, settings.Seconds ?? 60);
        var options = new HeliosOptions();
        settings.Configure(options);
        var kinds = new Attackers(options.MaxMessageSize).All.Count;
        Console.WriteLine($"{clients} innocents, {each} attackers of each of {kinds} kinds, {each} of changing kinds, {seconds} s, MaxBufferedBytes {Verdict.InMegabytes(options.MaxBufferedBytes)} MB, "
            + $"{(settings.Limited ? "100 messages per second and starling, 200 at once" : "no rate limit")}");
        await using var server = await ServerProcess.StartAsync(settings);
        using var crowd = await Crowd.ConnectAsync(server.Port, clients);
        using var stop = new CancellationTokenSource();
        var asking = crowd.AskAsync(perSecond: 100, stop.Token);
        await Task.Delay(TimeSpan.FromSeconds(3));
        var before = await server.ReadAsync(collect: true, forget: true);
        using var bystanders = new Bystanders(server.Port, settings.Seed, options.DisconnectionTtl);
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
        await bystanders.StopAsync();
        using var limit = new CancellationTokenSource(s_patience);
        while (!crowd.HasAll(last) && crowd.Lost == 0 && !limit.IsCancellationRequested) await Task.Delay(50);
        Console.WriteLine($"during: answer {ToText(crowd.Answers.Take())}, delivery {ToText(crowd.Deliveries.Take())}");
        Console.WriteLine($"after: {ToText(await server.ReadAsync(collect: true))}");
        Console.WriteLine($"bystanders: {bystanders}");
        var verdict = new Verdict();
        Judge(verdict, crowd, during, options, last);
        Judge(verdict, bystanders, during);
        crowd.Dispose();
        Judge(verdict, before, await EmptyAsync(server));
        return verdict.Holds;
    }

    private static async Task<long> SpeakAsync(ServerProcess server, Crowd crowd, int seconds)
    {
        long last = 0;
        for (var passed = 0; passed < seconds; passed += 10)
        {
            var some = Math.Min(10, seconds - passed);
            last = await server.SpeakAsync((int)(some * 1000 / s_interval.TotalMilliseconds), s_interval);
            Console.WriteLine($"{passed + some,4} s: {ToText(await server.ReadAsync())}, innocents lost {crowd.Lost}{crowd.LossCodes}, {crowd.Open} requests open, answers {ToText(crowd.Answers.Take())}");
        }
        return last;
    }

    /// <summary>Waits until nothing is left of all clients.</summary>
    private static async Task<Readings> EmptyAsync(ServerProcess server)
    {
        await server.ReleaseAsync();
        using var limit = new CancellationTokenSource(s_patience);
        while (!limit.IsCancellationRequested && !IsEmpty(await server.ReadAsync()))
            await Task.Delay(200);
        return await server.ReadAsync(collect: true);
    }

    private static void Judge(Verdict verdict, Crowd crowd, Readings during, HeliosOptions options, long last)
    {
        var peaks = during.Peaks!;
        Console.WriteLine($"peak working set {Verdict.InMegabytes(during.PeakWorkingSet)} MB, peak buffered {Verdict.InMegabytes(peaks.Buffered)} MB of MaxBufferedBytes {Verdict.InMegabytes(options.MaxBufferedBytes)} MB");
        verdict.Check(crowd.Lost == 0, $"{crowd.Lost} innocents lost their connections{crowd.LossCodes}");
        verdict.Check(
            crowd.Open == 0 && crowd.Failed == 0,
            $"{crowd.Asked} requests of innocents, {crowd.Open} without answer, {crowd.Failed} failed");
        var missing = crowd.TakeMissing(last);
        verdict.Check(missing == 0, $"{missing} broadcasts did not reach an innocent");
        verdict.CheckBounds(peaks, options, peaks.Connections + peaks.Held);
        verdict.Check(peaks.Held <= options.MaxConnections, $"{peaks.Held} starlings were held of {options.MaxConnections}");
        verdict.Check(
            peaks.StateBytes <= options.MaxStateStoreBytes,
            $"{Verdict.InMegabytes(peaks.StateBytes)} MB of states were kept of {Verdict.InMegabytes(options.MaxStateStoreBytes)} MB");
    }

    private static void Judge(Verdict verdict, Bystanders bystanders, Readings during)
    {
        foreach (var fault in bystanders.Faults) Console.WriteLine($"  {fault}");
        verdict.Check(!bystanders.Faults.Any(), $"{bystanders.All.Sum(bystander => bystander.Served)} rounds of bystanders, {bystanders.Faults.Count()} of {bystanders.All.Count} not served as they should be");
        var refused = bystanders.All.Where(bystander => bystander != bystanders.Large).Sum(bystander => bystander.Refused);
        verdict.Check(refused == 0, $"{refused} of their small requests were refused for lack of memory");
        verdict.Check(during.LateReadFault is null, $"{during.LateReads} late reads showed their own messages {during.LateReadFault}");
    }

    private static void Judge(Verdict verdict, Readings before, Readings empty)
    {
        verdict.Check(
            empty is { Connections: 0, Opening: 0, Starlings: 0, Held: 0, Groups: 0 },
            $"{empty.Connections} connections, {empty.Opening} sockets, {empty.Starlings} starlings, {empty.Groups} groups are left");
        verdict.Check(
            empty is { Buffered: 0, Running: 0, Waiting: 0, Blocking: 0 },
            $"{empty.Buffered} bytes, {empty.Running + empty.Blocking} handlers, {empty.Waiting} waiting requests are left");
        verdict.Check(empty.Heap - empty.StateBytes <= before.Heap + HeapSlack + (empty.Threads * HeapOfOneThread), $"heap {Verdict.InMegabytes(before.Heap)} MB before, {Verdict.InMegabytes(empty.Heap)} MB after, states {Verdict.InMegabytes(empty.StateBytes)} MB");
    }

    private static bool IsEmpty(Readings now) =>
        now is { Connections: 0, Opening: 0, Starlings: 0, Held: 0, Groups: 0 } and { Buffered: 0, Running: 0, Waiting: 0, Blocking: 0 };

    private static string ToText(Percentiles times) => $"p50 {times.P50:F1} p99 {times.P99:F1} max {times.Max:F1} ms ({times.Count})";

    private static string ToText(Readings now) =>
        $"{now.Connections} connections, buffered {Verdict.InMegabytes(now.Buffered)} MB, outboxes {now.OutboxMessages}, running {now.Running}, waiting {now.Waiting}, groups {now.Groups}, "
        + $"working set {Verdict.InMegabytes(now.WorkingSet)} MB, heap {Verdict.InMegabytes(now.Heap)} MB, {now.Handles} handles, {now.Threads} threads";
}
