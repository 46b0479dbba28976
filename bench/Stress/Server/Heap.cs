using System.Buffers;

namespace HeliosStarling.Stress;

/// <summary>Measures the managed heap of this process.</summary>
internal static class Heap
{
    private const int SmallestBuffer = 4096;
    private const int LargestBuffer = 1024 * 1024;
    private const int BuffersOfACore = 32;

    /// <summary>Drops the shared pool's free buffers and runs a full collection.</summary>
    /// <returns>The bytes still in use.</returns>
    public static long Collect()
    {
        DropFreeBuffers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    // The shared pool keeps this many free buffers of each size for each core. This method rents them and does not return them, so the
    // collector frees them.
    private static void DropFreeBuffers()
    {
        for (var size = SmallestBuffer; size <= LargestBuffer; size *= 2)
        {
            for (var i = 0; i < BuffersOfACore * Environment.ProcessorCount; i++) ArrayPool<byte>.Shared.Rent(size);
        }
    }
}
