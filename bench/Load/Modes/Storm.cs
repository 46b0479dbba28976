using System.Diagnostics;
using System.Text.Json;

namespace HeliosStarling.Load;

/// <summary>Cuts all connections at once and reconnects them with their tokens, one after another.</summary>
internal static class Storm
{
    public static Result Run(Settings settings)
    {
        var server = settings.Pid is { } pid ? new ServerUsage(pid) : null;
        var dialect = Dialect.Of(settings.Peer);
        var channels = Enumerable.Range(0, settings.Connections)
            .Select(i => Channel.Connect(settings.Address, dialect, $"resume=1&instance=c{i}&attempt=1"))
            .ToList();
        var welcomes = channels.Select(WelcomeOf).ToList();
        foreach (var channel in channels) channel.Reset();
        Thread.Sleep(TimeSpan.FromSeconds(settings.WarmUp));
        var (started, cpu, times) = (Stopwatch.GetTimestamp(), server?.CpuSeconds ?? 0, new Histogram());
        for (var i = 0; i < welcomes.Count; i++)
        {
            var since = Stopwatch.GetTimestamp();
            channels[i] = Channel.Connect(
                settings.Address,
                dialect,
                $"resume=1&recover={welcomes[i].Token}&epoch={welcomes[i].Epoch}&received=0&instance=c{i}&attempt=2");
            if (!WelcomeOf(channels[i]).IsResumed) throw new InvalidDataException("A starling was not resumed: " + channels[i].LastOther);
            times.Add(Stopwatch.GetTimestamp() - since);
        }
        var result = new Result
        {
            Rate = welcomes.Count / Stopwatch.GetElapsedTime(started).TotalSeconds,
            CpuMicroseconds = ((server?.CpuSeconds ?? 0) - cpu) * 1e6 / welcomes.Count,
            P50 = times.At(0.5) * 1e6 / Stopwatch.Frequency,
            P99 = times.At(0.99) * 1e6 / Stopwatch.Frequency,
            P999 = times.At(0.999) * 1e6 / Stopwatch.Frequency,
            ResidentMegabytes = (server?.ResidentBytes ?? 0) / 1048576.0,
        };
        foreach (var channel in channels) channel.Reset();
        return result;
    }

    private static Welcome WelcomeOf(Channel channel)
    {
        for (var until = Environment.TickCount64 + 30_000; channel.LastOther is null; channel.Receive())
            if (Environment.TickCount64 > until) throw new TimeoutException("No welcome within 30 s.");
        using var message = JsonDocument.Parse(channel.LastOther);
        var data = message.RootElement.GetProperty("notification").GetProperty("data");
        return new Welcome(
            data.GetProperty("token").GetString()!,
            data.GetProperty("epoch").GetString()!,
            data.TryGetProperty("resumed", out var resumed) && resumed.GetBoolean());
    }

    private sealed record Welcome(string Token, string Epoch, bool IsResumed);
}
