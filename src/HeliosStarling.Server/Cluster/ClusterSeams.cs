namespace HeliosStarling;

/// <summary>The cluster as one node sees it. The states of starlings are not part of it: see <see cref="IStateStore"/>.</summary>
internal sealed record ClusterSeams
{
    public required INodeLease Lease { get; init; }

    public required IStarlingDirectory Directory { get; init; }

    public required IBackplane Backplane { get; init; }

    public required INodeLink Link { get; init; }

    public required IGroupLog Logs { get; init; }

    public required IPresenceStore Presence { get; init; }
}
