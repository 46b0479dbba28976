namespace HeliosStarling.Cluster;

/// <summary>The nodes, time and faults that the contract suites need from an implementation.</summary>
internal abstract class ClusterFixture : IAsyncDisposable
{
    /// <summary>The duration of a lease.</summary>
    public abstract TimeSpan LeaseTtl { get; }

    /// <summary>Adds a node, without a lease.</summary>
    public abstract ClusterSeams AddNode();

    /// <summary>Adds a node with a lease.</summary>
    public async Task<ClusterNode> StartNodeAsync()
    {
        var seams = AddNode();
        var address = NewAddress();
        return new ClusterNode(seams, (await seams.Lease.TakeAsync(address)).Node, address);
    }

    /// <summary>An address on which a node of this cluster can listen.</summary>
    public abstract string NewAddress();

    /// <summary>Advances the store's clock.</summary>
    public abstract Task PassAsync(TimeSpan time);

    /// <summary>Cuts a node off from the store, or reconnects it.</summary>
    public abstract void CutOff(ClusterSeams node, bool isCutOff);

    /// <summary>Cuts a node off from other nodes, but not from the store.</summary>
    public abstract void MakeUnreachable(ClusterSeams node);

    /// <summary>A node loses the next published messages.</summary>
    public abstract void LoseNext(ClusterSeams node, int messages);

    /// <summary>Replaces the store with a copy that lacks the newest messages of each log.</summary>
    public abstract void FailOver(int lost);

    public virtual ValueTask DisposeAsync() => default;
}
