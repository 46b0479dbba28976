using System.Buffers;
using System.Collections.Concurrent;

namespace HeliosStarling.Siege;

/// <summary>Remembers every starling of a server without keeping it.</summary>
internal sealed class Census
{
    private const int SmallestBuffer = 4096;
    private const int LargestBuffer = 1024 * 1024;
    private const int BuffersOfACore = 32;

    private readonly ConcurrentQueue<WeakReference<Starling>> _all = new();

    public Census(Helios helios) => helios.OnConnection(starling => _all.Enqueue(new WeakReference<Starling>(starling)));

    /// <summary>How many are still in memory.</summary>
    public int CountAlive()
    {
        CollectedHeap();
        return _all.Count(static starling => starling.TryGetTarget(out _));
    }

    /// <summary>The bytes that are used, without those of the free buffers that all threads share.</summary>
    public static long CollectedHeap()
    {
        DropFreeBuffers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    // The shared pool keeps so many of each size for each core, and gives them to whoever asks first. Those that are not returned are collected.
    private static void DropFreeBuffers()
    {
        for (var size = SmallestBuffer; size <= LargestBuffer; size *= 2)
        {
            for (var i = 0; i < BuffersOfACore * Environment.ProcessorCount; i++) ArrayPool<byte>.Shared.Rent(size);
        }
    }
}
