using System.Numerics;

namespace HeliosStarling.Load;

/// <summary>A histogram of durations with an error of at most 3 %.</summary>
internal sealed class Histogram
{
    private const int StepBits = 5;
    private const int Steps = 1 << StepBits;

    private readonly long[] _counts = new long[64 * Steps];

    public long Count { get; private set; }

    public void Add(long value, long times = 1)
    {
        _counts[IndexOf(Math.Max(0, value))] += times;
        Count += times;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
    }

    /// <summary>The value that this part of all durations does not exceed.</summary>
    public long At(double part)
    {
        var left = (long)Math.Ceiling(Count * part);
        for (var i = 0; i < _counts.Length; i++)
        {
            left -= _counts[i];
            if (left <= 0 && _counts[i] > 0) return ValueOf(i);
        }
        return 0;
    }

    private static int IndexOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - StepBits);
        return (shift * Steps) + (int)(value >> shift);
    }

    private static long ValueOf(int index) => index < 2 * Steps ? index : (long)((index % Steps) + Steps) << ((index / Steps) - 1);
}
