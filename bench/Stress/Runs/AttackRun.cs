namespace HeliosStarling.Stress;

/// <summary>
/// 1,000 connections that attack the server's memory and 100 that use all known attacks, beside normal and verifying clients.
/// </summary>
internal static class AttackRun
{
    // Objects that the runtime creates once, and the free buffers of each thread.
    private const long HeapSlack = 16 * 1024 * 1024;
    private const long HeapOfOneThread = 4 * 1024 * 1024;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    public static async Task<bool> RunAsync(Settings settings)
    {
        var (clients, each, seconds) = (settings.Clients ?? 100, settings.Each ?? 100, settings.Seconds ?? 60);
        var options = new HeliosOptions();
        settings.Configure(options);
        var kinds = new MemoryAttacks(options.MaxMessageSize).All.Count;
        Console.WriteLine($"{clients} normal clients, {each} attackers of each of {kinds} kinds, {each} of changing kinds, {seconds} s, MaxBufferedBytes {Verdict.InMegabytes(options.MaxBufferedBytes)} MB, "
            + $"{(settings.Limited ? "100 messages per second and starling, 200 at once" : "no rate limit")}");
        await using var server = await ServerProcess.StartAsync(settings);
        using var normalClients = await NormalClients.ConnectAsync(server.Port, clients);
        using var stop = new CancellationTokenSource();
        var asking = normalClients.AskAsync(perSecond: 100, stop.Token);
        await Task.Delay(TimeSpan.FromSeconds(3));
        var before = await server.ReadAsync(collect: true, reset: true);
        using var verifyingClients = new VerifyingClients(server.Port, settings.Seed, options.DisconnectionTtl);
        Console.WriteLine($"before: answer {ToText(normalClients.Answers.Take())}, {ToText(before)}");
        long last;
        ServerSnapshot during;
        await using (var hostile = await HostileProcess.StartAsync(server.Port, each, settings.Seed, settings))
        {
            last = await BroadcastAsync(server, normalClients, seconds);
            during = await server.ReadAsync();
            Console.WriteLine($"disconnected attackers, by close code: {await hostile.StopAsync()}");
        }
        await stop.CancelAsync();
        await asking;
        await verifyingClients.StopAsync();
        using var limit = new CancellationTokenSource(s_patience);
        while (!normalClients.HasAll(last) && normalClients.Lost == 0 && !limit.IsCancellationRequested) await Task.Delay(50);
        Console.WriteLine($"during: answer {ToText(normalClients.Answers.Take())}, delivery {ToText(normalClients.Deliveries.Take())}");
        Console.WriteLine($"after: {ToText(await server.ReadAsync(collect: true))}");
        Console.WriteLine($"verifying clients: {verifyingClients}");
        var verdict = new Verdict();
        Judge(verdict, normalClients, during, options, last);
        Judge(verdict, verifyingClients, during);
        normalClients.Dispose();
        Judge(verdict, before, await EmptyAsync(server));
        return verdict.Holds;
    }

    private static async Task<long> BroadcastAsync(ServerProcess server, NormalClients normalClients, int seconds)
    {
        long last = 0;
        for (var passed = 0; passed < seconds; passed += 10)
        {
            var some = Math.Min(10, seconds - passed);
            last = await server.BroadcastAsync((int)(some * 1000 / s_interval.TotalMilliseconds), s_interval);
            Console.WriteLine($"{passed + some,4} s: {ToText(await server.ReadAsync())}, normal clients lost {normalClients.Lost}{normalClients.LossCodes}, {normalClients.Open} requests open, answers {ToText(normalClients.Answers.Take())}");
        }
        return last;
    }

    /// <summary>Waits until all clients and their data are gone.</summary>
    private static async Task<ServerSnapshot> EmptyAsync(ServerProcess server)
    {
        await server.ReleaseAsync();
        using var limit = new CancellationTokenSource(s_patience);
        while (!limit.IsCancellationRequested && !IsEmpty(await server.ReadAsync()))
            await Task.Delay(200);
        return await server.ReadAsync(collect: true);
    }

    private static void Judge(Verdict verdict, NormalClients normalClients, ServerSnapshot during, HeliosOptions options, long last)
    {
        var peaks = during.Peaks!;
        Console.WriteLine($"peak working set {Verdict.InMegabytes(during.PeakWorkingSet)} MB, peak buffered {Verdict.InMegabytes(peaks.Buffered)} MB of MaxBufferedBytes {Verdict.InMegabytes(options.MaxBufferedBytes)} MB");
        verdict.Check(normalClients.Lost == 0, $"{normalClients.Lost} normal clients lost their connections{normalClients.LossCodes}");
        verdict.Check(
            normalClients.Open == 0 && normalClients.Failed == 0,
            $"{normalClients.Asked} requests of normal clients, {normalClients.Open} without answer, {normalClients.Failed} failed");
        var missing = normalClients.TakeMissing(last);
        verdict.Check(missing == 0, $"{missing} broadcasts did not reach a normal client");
        verdict.CheckBounds(peaks, options, peaks.Connections + peaks.Held);
        verdict.Check(peaks.Held <= options.MaxConnections, $"{peaks.Held} starlings were held of {options.MaxConnections}");
        verdict.Check(
            peaks.StateBytes <= options.MaxStateStoreBytes,
            $"{Verdict.InMegabytes(peaks.StateBytes)} MB of states were kept of {Verdict.InMegabytes(options.MaxStateStoreBytes)} MB");
    }

    private static void Judge(Verdict verdict, VerifyingClients verifyingClients, ServerSnapshot during)
    {
        foreach (var fault in verifyingClients.Faults) Console.WriteLine($"  {fault}");
        verdict.Check(!verifyingClients.Faults.Any(), $"{verifyingClients.All.Sum(client => client.Rounds)} rounds of verifying clients, {verifyingClients.Faults.Count()} of {verifyingClients.All.Count} clients with a fault");
        var refused = verifyingClients.All.Where(client => client != verifyingClients.Large).Sum(client => client.Refused);
        verdict.Check(refused == 0, $"{refused} of their small requests were refused for lack of memory");
        verdict.Check(during.LateReadFault is null, $"{during.LateReads} late reads returned the right message {during.LateReadFault}");
    }

    private static void Judge(Verdict verdict, ServerSnapshot before, ServerSnapshot empty)
    {
        verdict.Check(
            empty is { Connections: 0, Opening: 0, Starlings: 0, Held: 0, Groups: 0 },
            $"{empty.Connections} connections, {empty.Opening} sockets, {empty.Starlings} starlings, {empty.Groups} groups are left");
        verdict.Check(
            empty is { Buffered: 0, Running: 0, Waiting: 0, Blocking: 0 },
            $"{empty.Buffered} bytes, {empty.Running + empty.Blocking} handlers, {empty.Waiting} waiting requests are left");
        verdict.Check(empty.Heap - empty.StateBytes <= before.Heap + HeapSlack + (empty.Threads * HeapOfOneThread), $"heap {Verdict.InMegabytes(before.Heap)} MB before, {Verdict.InMegabytes(empty.Heap)} MB after, states {Verdict.InMegabytes(empty.StateBytes)} MB");
    }

    private static bool IsEmpty(ServerSnapshot now) =>
        now is { Connections: 0, Opening: 0, Starlings: 0, Held: 0, Groups: 0 } and { Buffered: 0, Running: 0, Waiting: 0, Blocking: 0 };

    private static string ToText(Percentiles times) => $"p50 {times.P50:F1} p99 {times.P99:F1} max {times.Max:F1} ms ({times.Count})";

    private static string ToText(ServerSnapshot now) =>
        $"{now.Connections} connections, buffered {Verdict.InMegabytes(now.Buffered)} MB, outboxes {now.OutboxMessages}, running {now.Running}, waiting {now.Waiting}, groups {now.Groups}, "
        + $"working set {Verdict.InMegabytes(now.WorkingSet)} MB, heap {Verdict.InMegabytes(now.Heap)} MB, {now.Handles} handles, {now.Threads} threads";
}
