namespace HeliosStarling.Cluster;

/// <summary>What every contract suite has: a cluster of its own for each test.</summary>
public abstract class ClusterContract : IAsyncDisposable
{
    private readonly Lazy<ClusterFixture> _cluster;

    protected ClusterContract() => _cluster = new(CreateCluster);

    private protected ClusterFixture Cluster => _cluster.Value;

    public async ValueTask DisposeAsync()
    {
        if (_cluster.IsValueCreated) await Cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract ClusterFixture CreateCluster();
}
