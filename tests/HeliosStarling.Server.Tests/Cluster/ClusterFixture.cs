namespace HeliosStarling.Cluster;

/// <summary>What the contract suites need of an implementation: nodes, time, and faults.</summary>
internal abstract class ClusterFixture : IAsyncDisposable
{
    /// <summary>How long a lease lasts that is not renewed.</summary>
    public abstract TimeSpan LeaseTtl { get; }

    /// <summary>Adds a node, without a lease.</summary>
    public abstract ClusterSeams AddNode();

    /// <summary>Adds a node that is alive.</summary>
    public async Task<ClusterNode> StartNodeAsync()
    {
        var seams = AddNode();
        var address = NewAddress();
        return new ClusterNode(seams, (await seams.Lease.TakeAsync(address)).Node, address);
    }

    /// <summary>An address where a node of this cluster may listen.</summary>
    public abstract string NewAddress();

    /// <summary>Lets time pass for the store.</summary>
    public abstract Task PassAsync(TimeSpan time);

    /// <summary>Cuts a node off from the store, or ends that.</summary>
    public abstract void CutOff(ClusterSeams node, bool isCutOff);

    /// <summary>Cuts a node off from other nodes, not from the store.</summary>
    public abstract void MakeUnreachable(ClusterSeams node);

    /// <summary>The next messages that are published do not come to a node.</summary>
    public abstract void LoseNext(ClusterSeams node, int messages);

    /// <summary>Puts a copy of the store in its place that lacks the newest messages of each log.</summary>
    public abstract void FailOver(int lost);

    public virtual ValueTask DisposeAsync() => default;
}
