namespace HeliosStarling;

/// <summary>The result of a broadcast.</summary>
public readonly record struct BroadcastResult
{
    /// <summary>
    /// The number of connected starlings of this node that the message was queued for. Starlings of other nodes are not counted.
    /// </summary>
    public int LocalReceivers { get; init; }

    /// <summary>The nodes that the message was sent to.</summary>
    public BroadcastReach Reach { get; init; }

    /// <summary>
    /// The position of the message in the history of its group; null when the group has no history. Default null: no group has one yet.
    /// </summary>
    public HistoryPosition? Position { get; init; }
}
