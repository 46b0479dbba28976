namespace HeliosStarling.Stress;

/// <summary>The highest values of a server's counters since the last reset.</summary>
internal sealed record Peaks
{
    public long Buffered { get; init; }

    /// <summary>The smallest share of memory that a new peer would have got.</summary>
    public long LeastShare { get; init; } = long.MaxValue;
    public int Connections { get; init; }
    public int Held { get; init; }
    public long StateBytes { get; init; }
    public int Opening { get; init; }
    public int Refusing { get; init; }
    public int Running { get; init; }
    public int Waiting { get; init; }
    public int Blocking { get; init; }
    public int WaitingToBlock { get; init; }
    public long LargestOutbox { get; init; }
    public int MostMessagesOfOne { get; init; }
    public int MostRequestsOfOne { get; init; }
}
