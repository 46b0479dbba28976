namespace HeliosStarling;

/// <summary>What one node has of the cluster. The state of starlings is kept by <see cref="IStateStore"/>, apart from it.</summary>
internal sealed record ClusterSeams
{
    public required INodeLease Lease { get; init; }

    public required IStarlingDirectory Directory { get; init; }

    public required IBackplane Backplane { get; init; }

    public required INodeLink Link { get; init; }

    public required IGroupLog Logs { get; init; }

    public required IPresenceStore Presence { get; init; }
}
