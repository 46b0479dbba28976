namespace HeliosStarling.Stress;

/// <summary>Asks for a streamed answer.</summary>
/// <param name="Count">The number of items.</param>
/// <param name="Size">The length of each item in characters.</param>
internal sealed record Items(int Count, int Size)
{
    /// <summary>The items. Each begins with its number, from 1.</summary>
    public async IAsyncEnumerable<string> ToStream()
    {
        for (var number = 1; number <= Count; number++)
        {
            if (number % 8 == 0) await Task.Yield();
            yield return $"{number} ".PadRight(Size, '.');
        }
    }
}
