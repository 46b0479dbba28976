using System.Globalization;

namespace HeliosStarling.Load;

/// <summary>The result of one measurement.</summary>
internal sealed record Result
{
    /// <summary>
    /// Answers or deliveries per second. For <c>idle</c> the bytes of each connection, for <c>storm</c> connections per second.
    /// </summary>
    public double Rate { get; init; }

    /// <summary>The server's processor time for each of them, in microseconds.</summary>
    public double CpuMicroseconds { get; init; }
    public double P50 { get; init; }
    public double P99 { get; init; }
    public double P999 { get; init; }
    public double ResidentMegabytes { get; init; }

    /// <summary>The part of the time in which the load generator had nothing to do, from 0 to 1.</summary>
    public double Idle { get; init; }

    /// <summary>The part of one core that the load generator used, from 0 to 1. It spins, so a value near 1 is normal.</summary>
    public double LoadCpu { get; init; }

    public string ToText() => string.Create(CultureInfo.InvariantCulture,
        $"rate {Rate:F0} · server CPU {CpuMicroseconds:F2} µs each · p50 {P50:F1} p99 {P99:F1} p99.9 {P999:F1} µs · RSS {ResidentMegabytes:F0} MB · load: {LoadCpu:P0} of a core, idle {Idle:P0}");
}
