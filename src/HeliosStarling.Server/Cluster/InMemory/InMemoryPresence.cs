namespace HeliosStarling;

/// <summary>The presence store as an in-memory node sees it.</summary>
internal sealed class InMemoryPresence(InMemoryNode node, InMemoryCluster cluster) : IPresenceStore
{
    public ValueTask<PresenceStatus> ListAsync(NodeId id, string group, PresenceEntry entry, CancellationToken cancellationToken = default)
    {
        if (entry.Data.Length > PresenceEntry.MaxData)
            throw new ArgumentException(
                $"The data of a presence has at most {PresenceEntry.MaxData} bytes. Keep the rest elsewhere.", nameof(entry));
        var copy = entry with { Data = entry.Data.ToArray() };
        return node.AskAsync(_ => List(id, group, copy), cancellationToken);
    }

    public async ValueTask RemoveAsync(NodeId id, string group, string starling, CancellationToken cancellationToken = default) =>
        await node.AskAsync(
            _ =>
            {
                cluster.Presence.Remove(id, group, starling);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<PresenceEntry>> ReadAsync(
        string group, int limit = int.MaxValue, CancellationToken cancellationToken = default) =>
        node.AskAsync(_ => cluster.Presence.Read(group, limit), cancellationToken);

    public ValueTask<int> CountAsync(string group, CancellationToken cancellationToken = default) =>
        node.AskAsync(_ => cluster.Presence.Count(group), cancellationToken);

    private PresenceStatus List(NodeId id, string group, PresenceEntry entry)
    {
        if (cluster.Leases.Find(id) is null) return PresenceStatus.NodeGone;
        return cluster.Presence.TryList(id, group, entry) ? PresenceStatus.Listed : PresenceStatus.Full;
    }
}
