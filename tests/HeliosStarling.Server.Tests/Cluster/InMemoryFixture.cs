using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Cluster;

internal sealed class InMemoryFixture : ClusterFixture
{
    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<ClusterSeams, InMemoryNode> _nodes = [];
    private readonly InMemoryCluster _cluster;
    private int _addresses;

    public InMemoryFixture(InMemoryLimits? limits = null) => _cluster = new InMemoryCluster(_time, Memory, limits);

    public InMemoryCluster Shared => _cluster;

    public BufferPool Memory { get; } = new();

    public override TimeSpan LeaseTtl => _cluster.Limits.LeaseTtl;

    public override ClusterSeams AddNode()
    {
        var node = _cluster.AddNode();
        _nodes.Add(node.Seams, node);
        return node.Seams;
    }

    public override string NewAddress() => $"memory:{_addresses++}";

    public override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    public override void CutOff(ClusterSeams node, bool isCutOff) => _nodes[node].IsCutOff = isCutOff;

    public override void MakeUnreachable(ClusterSeams node) => _nodes[node].IsUnreachable = true;

    public override void LoseNext(ClusterSeams node, int messages) => _nodes[node].LoseNext(messages);

    public override void FailOver(int lost) => _cluster.FailOver(lost);
}
