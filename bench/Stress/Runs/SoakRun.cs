using System.Diagnostics;

namespace HeliosStarling.Stress;

/// <summary>Mixed load with clients that come and go, for a long time. After the warm-up nothing may grow.</summary>
internal static class SoakRun
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);
    private const long Megabyte = 1024 * 1024;

    public static async Task<bool> RunAsync(Settings settings)
    {
        var clients = settings.Clients ?? 500;
        Console.WriteLine($"{clients} clients come and go for {settings.Minutes} min, 10 broadcasts a second, every figure right after a full collection");
        await using var server = await ServerProcess.StartAsync(settings);
        using var stop = new CancellationTokenSource();
        var counts = new SoakCounts();
        var load = Enumerable.Range(0, clients)
            .Select(i => new SoakClient(server.Port, new Random(settings.Seed + i), counts).RunAsync(stop.Token))
            .ToList();
        var lines = await WatchAsync(server, TimeSpan.FromMinutes(settings.Minutes), counts);
        await stop.CancelAsync();
        await Task.WhenAll(load);
        return Judge(lines);
    }

    private static async Task<List<ServerSnapshot>> WatchAsync(ServerProcess server, TimeSpan duration, SoakCounts counts)
    {
        var (start, lines) = (Stopwatch.GetTimestamp(), new List<ServerSnapshot>());
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            await server.BroadcastAsync((int)(s_interval.TotalSeconds * 10), TimeSpan.FromMilliseconds(100));
            var now = await server.ReadAsync(collect: true);
            lines.Add(now);
            Console.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalSeconds,5:F0} s: working set {now.WorkingSet / Megabyte} MB, heap {now.Heap / 1024.0 / 1024:F1} MB, {now.Handles} handles, {now.Threads} threads, "
                + $"{now.Connections} connections, {now.Starlings} starlings, {now.Held} held, {now.Groups} groups, buffered {now.Buffered / 1024} KiB, outboxes {now.OutboxMessages}; {counts}");
        }
        return lines;
    }

    private static bool Judge(List<ServerSnapshot> lines)
    {
        // The warm-up: tiered compilation, pools, and the first starlings that expire.
        var warm = lines[Math.Max(Math.Min(6, lines.Count / 3), lines.Count / 5)..];
        var thirds = warm.Chunk(Math.Max(1, (warm.Count + 2) / 3)).ToList();
        var verdict = new Verdict();
        Compare("heap, MB", now => now.Heap / (double)Megabyte, 0.10, 4);
        Compare("working set, MB", now => now.WorkingSet / (double)Megabyte, 0.10, 16);
        Compare("buffered, KiB", now => now.Buffered / 1024.0, 0.25, 4096);
        Compare("handles", now => now.Handles, 0.05, 30);
        Compare("threads", now => now.Threads, 0.10, 5);
        Compare("starlings", now => now.Starlings, 0.10, 50);
        Compare("groups", now => now.Groups, 0.05, 10);
        return verdict.Holds;

        void Compare(string name, Func<ServerSnapshot, double> of, double part, double least)
        {
            var medians = thirds.Select(third => third.Select(of).Order().ElementAt(third.Length / 2)).ToList();
            var allowed = medians[0] + Math.Max(least, medians[0] * part);
            verdict.Check(
                medians[^1] <= allowed,
                $"{name}: medians of the thirds {string.Join(", ", medians.Select(median => $"{median:F1}"))}; the last may be {allowed:F1}");
        }
    }
}
