using System.Collections.Concurrent;

namespace HeliosStarling.Chaos;

/// <summary>Counts faults by kind and place.</summary>
internal sealed class FaultCounts
{
    private readonly ConcurrentDictionary<(Fault Fault, FaultPlace Place), int> _counts = new();

    public int Total => _counts.Values.Sum();

    public void Count(Fault fault, FaultPlace place) => _counts.AddOrUpdate((fault, place), 1, static (_, count) => count + 1);

    public int Of(FaultPlace place) => _counts.Where(entry => entry.Key.Place == place).Sum(entry => entry.Value);

    public int Of(Fault fault) => _counts.Where(entry => entry.Key.Fault == fault).Sum(entry => entry.Value);

    public override string ToString() =>
        string.Join(", ", _counts.OrderBy(entry => entry.Key.Place)
            .ThenBy(entry => entry.Key.Fault)
            .Select(entry => $"{entry.Key.Place}/{entry.Key.Fault} {entry.Value}"));
}
