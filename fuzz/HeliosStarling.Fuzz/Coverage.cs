using System.Numerics;
using SharpFuzz.Common;

namespace HeliosStarling.Fuzz;

/// <summary>Which branches an input took and how often, told by the instrumented assemblies.</summary>
internal sealed unsafe class Coverage
{
    // The size that SharpFuzz's instrumentation assumes.
    private const int MapSize = 1 << 16;

    private readonly byte[] _hits = GC.AllocateArray<byte>(MapSize, pinned: true);
    private readonly byte[] _seen = new byte[MapSize];

    public Coverage()
    {
        fixed (byte* map = _hits) Trace.SharedMem = map;
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
            // 1, 2, 3 to 4, 5 to 8 … times: a bit each.
            var bit = (byte)(1 << Math.Min(7, BitOperations.Log2(BitOperations.RoundUpToPowerOf2(_hits[at]))));
            isNew |= (_seen[at] & bit) == 0;
            _seen[at] |= bit;
        }

        return isNew;
    }

    private int NextHit(int from)
    {
        var offset = _hits.AsSpan(from).IndexOfAnyExcept((byte)0);
        return offset < 0 ? MapSize : from + offset;
    }
}
