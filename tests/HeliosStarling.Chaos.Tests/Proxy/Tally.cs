using System.Collections.Concurrent;

namespace HeliosStarling.Chaos;

/// <summary>How often which fault struck where.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<(Fault Fault, Place Place), int> _counts = new();

    public int Total => _counts.Values.Sum();

    public void Count(Fault fault, Place place) => _counts.AddOrUpdate((fault, place), 1, static (_, count) => count + 1);

    public int Of(Place place) => _counts.Where(entry => entry.Key.Place == place).Sum(entry => entry.Value);

    public int Of(Fault fault) => _counts.Where(entry => entry.Key.Fault == fault).Sum(entry => entry.Value);

    public override string ToString() =>
        string.Join(", ", _counts.OrderBy(entry => entry.Key.Place)
            .ThenBy(entry => entry.Key.Fault)
            .Select(entry => $"{entry.Key.Place}/{entry.Key.Fault} {entry.Value}"));
}
