namespace HeliosStarling.Siege;

/// <summary>What a streamed answer consists of.</summary>
/// <param name="Count">How many items.</param>
/// <param name="Size">The characters of each.</param>
internal sealed record Items(int Count, int Size)
{
    /// <summary>Items that begin with their numbers, from 1.</summary>
    public async IAsyncEnumerable<string> ToStream()
    {
        for (var number = 1; number <= Count; number++)
        {
            if (number % 8 == 0) await Task.Yield();
            yield return $"{number} ".PadRight(Size, '.');
        }
    }
}
