using System.Collections.Concurrent;

namespace HeliosStarling.Siege;

/// <summary>Remembers every starling of a server without keeping it.</summary>
internal sealed class Census
{
    private readonly ConcurrentQueue<WeakReference<Starling>> _all = new();

    public Census(Helios helios) => helios.OnConnection(starling => _all.Enqueue(new WeakReference<Starling>(starling)));

    /// <summary>How many are still in memory.</summary>
    public int CountAlive()
    {
        Heap.Collect();
        return _all.Count(static starling => starling.TryGetTarget(out _));
    }
}
