namespace HeliosStarling;

/// <summary>The lease as an in-memory node sees it.</summary>
internal sealed class InMemoryLease(InMemoryNode node, InMemoryCluster cluster) : INodeLease
{
    public ValueTask<LeaseTerm> TakeAsync(string address, CancellationToken cancellationToken = default) =>
        node.AskAsync(
            now => cluster.Leases.Take(node.Current = new NodeId(node.Process, RandomText.Make()), address, now), cancellationToken);

    public ValueTask<LeaseTerm?> RenewAsync(NodeId id, CancellationToken cancellationToken = default) =>
        node.AskAsync(now => cluster.Leases.Renew(id, now), cancellationToken);

    public async ValueTask EndAsync(NodeId id, CancellationToken cancellationToken = default) => await node.AskAsync(
        _ =>
        {
            cluster.Leases.End(id);
            return true;
        },
        cancellationToken).ConfigureAwait(false);

    public ValueTask<string?> FindAsync(NodeId id, CancellationToken cancellationToken = default) =>
        node.AskAsync(_ => cluster.Leases.Find(id), cancellationToken);
}
