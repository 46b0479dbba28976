namespace HeliosStarling;

/// <summary>What became of a broadcast.</summary>
public readonly record struct BroadcastResult
{
    /// <summary>How many connected starlings of this node it was queued for. Nobody counts those of other nodes.</summary>
    public int LocalReceivers { get; init; }

    /// <summary>Which nodes it was sent to.</summary>
    public BroadcastReach Reach { get; init; }

    /// <summary>
    /// Where it stands in the history of its group; null when the group keeps none. Default null: no group keeps one yet.
    /// </summary>
    public HistoryPosition? Position { get; init; }
}
