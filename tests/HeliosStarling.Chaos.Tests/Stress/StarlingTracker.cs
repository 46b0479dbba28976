using System.Collections.Concurrent;

namespace HeliosStarling.Stress;

/// <summary>Tracks all starlings of a server by weak references, to find leaks.</summary>
internal sealed class StarlingTracker
{
    private readonly ConcurrentQueue<WeakReference<Starling>> _all = new();

    public StarlingTracker(Helios helios) => helios.OnConnection(starling => _all.Enqueue(new WeakReference<Starling>(starling)));

    /// <summary>The number of starlings that are still in memory after a full collection.</summary>
    public int CountAlive()
    {
        Heap.Collect();
        return _all.Count(static starling => starling.TryGetTarget(out _));
    }
}
