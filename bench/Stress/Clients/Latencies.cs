using System.Diagnostics;

namespace HeliosStarling.Stress;

/// <summary>Collects durations.</summary>
/// <remarks>Safe to add to concurrently.</remarks>
internal sealed class Latencies
{
    private readonly long[] _ticks = new long[1 << 21];
    private int _count;

    public int Count => Math.Min(Volatile.Read(ref _count), _ticks.Length);

    /// <param name="since">The start, as a timestamp of <see cref="Stopwatch"/>.</param>
    public void Add(long since)
    {
        var index = Interlocked.Increment(ref _count) - 1;
        if (index < _ticks.Length) _ticks[index] = Stopwatch.GetTimestamp() - since;
    }

    /// <summary>The percentiles since the last call. Starts a new collection.</summary>
    public Percentiles Take()
    {
        var sorted = _ticks.AsSpan(0, Count).ToArray();
        Volatile.Write(ref _count, 0);
        Array.Sort(sorted);
        return new Percentiles(sorted.Length, At(0.5), At(0.99), At(1));

        double At(double part) =>
            sorted.Length == 0 ? 0 : sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * part)] * 1000.0 / Stopwatch.Frequency;
    }
}
