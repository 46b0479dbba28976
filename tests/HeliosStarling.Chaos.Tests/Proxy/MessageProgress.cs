using System.Collections.Concurrent;

namespace HeliosStarling.Chaos;

/// <summary>The highest message number of each conversation on the wire, over all its connections. Lower numbers are sent again.</summary>
internal sealed class MessageProgress
{
    private readonly ConcurrentDictionary<string, long> _highest = new();

    /// <summary>Records that a numbered message passes. True when it has passed before.</summary>
    public bool PassedBefore(string way, long number)
    {
        var before = _highest.GetOrAdd(way, 0L);
        if (number <= before) return true;
        _highest[way] = number;
        return false;
    }
}
