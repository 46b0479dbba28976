using System.Numerics;
using SharpFuzz.Common;

namespace HeliosStarling.Fuzz;

/// <summary>Which branches an input took and how often, told by the instrumented assemblies.</summary>
internal sealed unsafe class Coverage
{
    // The size that SharpFuzz's instrumentation assumes.
    private const int MapSize = 1 << 16;

    private readonly byte[] _pairs = GC.AllocateArray<byte>(MapSize, pinned: true);
    private readonly byte[] _hits;
    private readonly byte[] _seen = new byte[MapSize];
    private readonly bool _isConcurrent;

    /// <param name="isConcurrent">Whether several threads run an input. What one did before another's branch then means nothing, and how
    /// often exactly is chance: branches count alone, and roughly.</param>
    public Coverage(bool isConcurrent)
    {
        _isConcurrent = isConcurrent;
        _hits = isConcurrent ? new byte[MapSize] : _pairs;
        fixed (byte* map = _pairs) Trace.SharedMem = map;
        if (isConcurrent) Trace.OnBranch = Count;
    }

    /// <summary>How many branches any input took so far.</summary>
    public int Branches => _seen.Length - _seen.AsSpan().Count((byte)0);

    public void Clear()
    {
        Array.Clear(_hits);
        Trace.PrevLocation = 0;
    }

    /// <summary>Whether the input took a branch, or one some times more often, as none before; remembers it.</summary>
    public bool TakeNew()
    {
        var isNew = false;
        for (var at = 0; (at = NextHit(at)) < MapSize; at++)
        {
            // 1, 2, 3 to 4, 5 to 8 … times: a bit each; or else 1 to 8 times and more often.
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
