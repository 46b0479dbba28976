using System.Buffers;

namespace HeliosStarling.Siege;

/// <summary>What this process still uses.</summary>
internal static class Heap
{
    private const int SmallestBuffer = 4096;
    private const int LargestBuffer = 1024 * 1024;
    private const int BuffersOfACore = 32;

    /// <summary>Collects all garbage, and the free buffers that all threads share.</summary>
    /// <returns>The bytes that are used.</returns>
    public static long Collect()
    {
        DropFreeBuffers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    // The shared pool keeps so many of each size for each core, and gives them to the next that asks. Those that are not returned are
    // collected.
    private static void DropFreeBuffers()
    {
        for (var size = SmallestBuffer; size <= LargestBuffer; size *= 2)
        {
            for (var i = 0; i < BuffersOfACore * Environment.ProcessorCount; i++) ArrayPool<byte>.Shared.Rent(size);
        }
    }
}
