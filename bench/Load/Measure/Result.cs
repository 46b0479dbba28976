using System.Globalization;

namespace HeliosStarling.Load;

/// <summary>What one measurement found.</summary>
internal sealed record Result
{
    /// <summary>
    /// Answers, or deliveries, a second; for <c>idle</c> bytes for each connection, for <c>storm</c> connections a second.
    /// </summary>
    public double Rate { get; init; }

    /// <summary>Processor time of the server for each of them, in microseconds.</summary>
    public double CpuMicroseconds { get; init; }
    public double P50 { get; init; }
    public double P99 { get; init; }
    public double P999 { get; init; }
    public double ResidentMegabytes { get; init; }

    /// <summary>How much of its time the load generator had nothing to do, from 0 to 1.</summary>
    public double Idle { get; init; }

    /// <summary>How much of one core the load generator took, from 0 to 1; it spins, so near 1 is right.</summary>
    public double LoadCpu { get; init; }

    public string ToText() => string.Create(CultureInfo.InvariantCulture,
        $"rate {Rate:F0} · server CPU {CpuMicroseconds:F2} µs each · p50 {P50:F1} p99 {P99:F1} p99.9 {P999:F1} µs · RSS {ResidentMegabytes:F0} MB · load: {LoadCpu:P0} of a core, idle {Idle:P0}");
}
