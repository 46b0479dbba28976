using System.Collections.Concurrent;

namespace HeliosStarling.Chaos;

/// <summary>How far each conversation has come on the wire, over all its connections: what is not beyond that is sent again.</summary>
internal sealed class Counters
{
    private readonly ConcurrentDictionary<string, long> _highest = new();

    /// <summary>Notes that a numbered message passes; true when it has passed before.</summary>
    public bool PassedBefore(string way, long number)
    {
        var before = _highest.GetOrAdd(way, 0L);
        if (number <= before) return true;
        _highest[way] = number;
        return false;
    }
}
