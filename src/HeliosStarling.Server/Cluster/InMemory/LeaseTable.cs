namespace HeliosStarling;

/// <summary>The leases of all nodes.</summary>
/// <param name="timeToLive">The lifetime of a lease that is not renewed.</param>
/// <param name="gone">Called for each lease that has ended.</param>
/// <remarks>Used under the lock of the cluster.</remarks>
internal sealed class LeaseTable(TimeSpan timeToLive, Action<NodeId> gone)
{
    private readonly ExpiringTable<(NodeId Node, string Address)> _leases = new((_, lease) => gone(lease.Node));

    public LeaseTerm Take(NodeId node, string address, DateTimeOffset now)
    {
        _leases.Set(node.ToString(), (node, address), now + timeToLive);
        return new LeaseTerm(node, timeToLive, now);
    }

    public LeaseTerm? Renew(NodeId node, DateTimeOffset now)
    {
        if (Find(node) is null) return null;
        _leases.Prolong(node.ToString(), now + timeToLive);
        return new LeaseTerm(node, timeToLive, now);
    }

    public void End(NodeId node) => _leases.Remove(node.ToString());

    /// <summary>Gets the address of a node that is alive; null when it is dead.</summary>
    public string? Find(NodeId node) => _leases.TryGet(node.ToString(), out var lease) ? lease.Address : null;

    public void RemoveExpired(DateTimeOffset now) => _leases.RemoveExpired(now);
}
