namespace HeliosStarling.Cluster;

/// <summary>A node that had a lease when it was started.</summary>
internal sealed record ClusterNode(ClusterSeams Seams, NodeId Id, string Address)
{
    public IStarlingDirectory Directory => Seams.Directory;

    /// <summary>The same process under a new lease.</summary>
    public async Task<ClusterNode> TakeNewLeaseAsync() => this with { Id = (await Seams.Lease.TakeAsync(Address)).Node };
}
