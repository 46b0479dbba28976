using System.Diagnostics;

namespace HeliosStarling.Load;

/// <summary>Warms up, then measures.</summary>
internal sealed class Meter(Settings settings)
{
    // With less idle time than this the result may be the limit of the load generator instead of the server's,
    private const double LeastIdle = 0.05;

    // unless the server used its cores fully too.
    private const double ServerIsBusy = 0.97;

    private const int Slices = 4;
    private const double LongWarmUp = 5;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(0.7);

    private readonly ServerUsage? _server = settings.Pid is { } pid ? new ServerUsage(pid) : null;

    public Histogram Times { get; } = new();

    /// <summary>Runs rounds of the loop until the time is over.</summary>
    /// <param name="round">Does the available work and returns how much was counted, or 0 when there was none.</param>
    public Result Run(Func<int> round)
    {
        WarmUp(round);
        Times.Clear();
        var (cpu, own) = (_server?.CpuSeconds ?? 0, Environment.CpuUsage.TotalTime);
        var (count, seconds, idle) = Spin(round, settings.Seconds);
        var used = (_server?.CpuSeconds ?? 0) - cpu;
        var result = new Result
        {
            Rate = count / seconds,
            CpuMicroseconds = count == 0 ? 0 : used * 1e6 / count,
            P50 = Microseconds(0.5),
            P99 = Microseconds(0.99),
            P999 = Microseconds(0.999),
            ResidentMegabytes = (_server?.ResidentBytes ?? 0) / 1048576.0,
            Idle = idle,
            LoadCpu = (Environment.CpuUsage.TotalTime - own).TotalSeconds / seconds,
        };
        if (idle < LeastIdle && used < seconds * ServerIsBusy * (_server?.Cores ?? 1))
            throw new InvalidOperationException($"The load generator was saturated ({result.ToText()}): this says nothing about the server. Give the load more cores, or the server fewer.");
        return result;
    }

    /// <summary>
    /// Runs in slices with pauses, because under load a runtime may find no time to recompile hot methods.
    /// </summary>
    private void WarmUp(Func<int> round)
    {
        for (var slice = 0; slice < Slices; slice++)
        {
            _ = Spin(round, settings.WarmUp / Slices);
            if (settings.WarmUp >= LongWarmUp) Thread.Sleep(s_pause);
        }
        if (settings.WarmUp >= LongWarmUp) _ = Spin(round, 1);
    }

    private static (long Count, double Seconds, double Idle) Spin(Func<int> round, double seconds)
    {
        var (started, count, idle) = (Stopwatch.GetTimestamp(), 0L, 0L);
        var end = started + (long)(seconds * Stopwatch.Frequency);
        var now = started;
        while (now < end)
        {
            var done = round();
            var then = Stopwatch.GetTimestamp();
            if (done == 0) idle += then - now;
            count += done;
            now = then;
        }
        return (count, Stopwatch.GetElapsedTime(started, now).TotalSeconds, (double)idle / (now - started));
    }

    private double Microseconds(double part) => Times.At(part) * 1e6 / Stopwatch.Frequency;
}
