namespace HeliosStarling.Cluster;

/// <summary>Base of the contract suites: each test has its own cluster.</summary>
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
