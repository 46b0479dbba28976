using System.Numerics;
using SharpFuzz.Common;

namespace HeliosStarling.Fuzz;

/// <summary>The branches that an input took and how often, reported by the instrumented assemblies.</summary>
internal sealed unsafe class Coverage
{
    // The size that SharpFuzz's instrumentation assumes.
    private const int MapSize = 1 << 16;

    private readonly byte[] _pairs = GC.AllocateArray<byte>(MapSize, pinned: true);
    private readonly byte[] _hits;
    private readonly byte[] _seen = new byte[MapSize];
    private readonly bool _isConcurrent;

    /// <param name="isConcurrent">Whether several threads run an input. The order of branches and their exact number are then random, so
    /// single branches are counted, and roughly.</param>
    public Coverage(bool isConcurrent)
    {
        _isConcurrent = isConcurrent;
        _hits = isConcurrent ? new byte[MapSize] : _pairs;
        fixed (byte* map = _pairs) Trace.SharedMem = map;
        if (isConcurrent) Trace.OnBranch = Count;
    }

    /// <summary>The number of branches taken so far.</summary>
    public int Branches => _seen.Length - _seen.AsSpan().Count((byte)0);

    public void Clear()
    {
        Array.Clear(_hits);
        Trace.PrevLocation = 0;
    }

    /// <summary>Whether the input took a new branch, or a branch clearly more often than any input before. Remembers it.</summary>
    public bool TakeNew()
    {
        var isNew = false;
        for (var at = 0; (at = NextHit(at)) < MapSize; at++)
        {
            // A bit for each range: 1, 2, 3 to 4, 5 to 8 … times. With several threads only two ranges: 1 to 8, and more.
            var power = Math.Min(7, BitOperations.Log2(BitOperations.RoundUpToPowerOf2(_hits[at])));
            var bit = (byte)(1 << (_isConcurrent ? power / 4 : power));
            isNew |= (_seen[at] & bit) == 0;
            _seen[at] |= bit;
        }

        return isNew;
    }

    private void Count(int branch, string method)
    {
        ref var hits = ref _hits[branch & (MapSize - 1)];
        if (hits < byte.MaxValue) hits++;
    }

    private int NextHit(int from)
    {
        var offset = _hits.AsSpan(from).IndexOfAnyExcept((byte)0);
        return offset < 0 ? MapSize : from + offset;
    }
}
