using System.Runtime.InteropServices;
using SharpFuzz;
using SharpFuzz.Common;

namespace HeliosStarling.Fuzz;

/// <summary>Counts which branches of an assembly an input takes, the way afl does but in this process.</summary>
internal sealed unsafe class Coverage
{
    // The size that the instrumented code assumes.
    private const int MapSize = 64 * 1024;

    private readonly byte* _map = (byte*)NativeMemory.AllocZeroed(MapSize);
    private readonly byte[] _seen = new byte[MapSize];

    private Coverage()
    {
        Trace.SharedMem = _map;
        Trace.OnBranch = null;
    }

    /// <summary>How many branches were taken so far.</summary>
    public int Branches { get; private set; }

    /// <summary>
    /// Instruments an assembly next to the program, which must not be loaded yet; the next build puts the plain one back.
    /// </summary>
    public static Coverage Of(string assembly)
    {
        try
        {
            SharpFuzz.Fuzzer.Instrument(Path.Combine(AppContext.BaseDirectory, assembly), _ => true, SharpFuzz.Options.Value);
        }
        catch (InstrumentationException)
        {
            // It was done before this build was last used.
        }

        return new Coverage();
    }

    /// <summary>
    /// Whether the input that just ran took a branch for the first time, or far more often than before; forgets what it took.
    /// </summary>
    public bool TakeNew()
    {
        var isNew = false;
        var map = new Span<byte>(_map, MapSize);
        for (var at = map.IndexOfAnyExcept((byte)0); at >= 0; at = NextTaken(map, at))
        {
            // Counts in powers of two, so that a loop does not look new each time.
            var size = (byte)(byte.Log2(map[at]) + 1);
            if (size <= _seen[at]) continue;
            if (_seen[at] == 0) Branches++;
            _seen[at] = size;
            isNew = true;
        }

        map.Clear();
        Trace.PrevLocation = 0;
        return isNew;
    }

    private static int NextTaken(ReadOnlySpan<byte> map, int at)
    {
        var next = map[(at + 1)..].IndexOfAnyExcept((byte)0);
        return next < 0 ? -1 : at + 1 + next;
    }
}
