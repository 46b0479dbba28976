namespace HeliosStarling;

/// <summary>The presence entries of all nodes, by group.</summary>
/// <remarks>Used under the lock of the cluster.</remarks>
internal sealed class PresenceTable(long maxBytes)
{
    // The entries of each starling in a group, the newest last. Usually there is one.
    private readonly Dictionary<string, Dictionary<string, List<PresenceListing>>> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<NodeId, HashSet<(string Group, string Starling)>> _ofNodes = [];

    /// <summary>The approximate memory of the entries, in bytes.</summary>
    public long Bytes { get; private set; }

    public bool TryList(NodeId node, string group, PresenceEntry entry)
    {
        var earlier = Find(node, group, entry.Starling);
        var size = PresenceListing.SizeOf(group, entry) - (earlier is null ? 0 : PresenceListing.SizeOf(group, earlier.Entry));
        if (Bytes + size > maxBytes) return false;
        Remove(node, group, entry.Starling);
        if (!_groups.TryGetValue(group, out var members)) _groups.Add(group, members = new(StringComparer.Ordinal));
        if (!members.TryGetValue(entry.Starling, out var listings)) members.Add(entry.Starling, listings = new(1));
        listings.Add(new PresenceListing(node, entry));
        if (!_ofNodes.TryGetValue(node, out var own)) _ofNodes.Add(node, own = []);
        own.Add((group, entry.Starling));
        Bytes += PresenceListing.SizeOf(group, entry);
        return true;
    }

    public void Remove(NodeId node, string group, string starling)
    {
        if (Find(node, group, starling) is not { } listing) return;
        var members = _groups[group];
        var listings = members[starling];
        listings.Remove(listing);
        if (listings.Count == 0) members.Remove(starling);
        if (members.Count == 0) _groups.Remove(group);
        var own = _ofNodes[node];
        own.Remove((group, starling));
        if (own.Count == 0) _ofNodes.Remove(node);
        Bytes -= PresenceListing.SizeOf(group, listing.Entry);
    }

    public void RemoveNode(NodeId node)
    {
        if (!_ofNodes.TryGetValue(node, out var own)) return;
        foreach (var (group, starling) in own.ToArray()) Remove(node, group, starling);
    }

    public IReadOnlyList<PresenceEntry> Read(string group, int limit) =>
        _groups.TryGetValue(group, out var members) ? [.. members.Values.Take(limit).Select(static listings => listings[^1].Entry)] : [];

    public int Count(string group) => _groups.TryGetValue(group, out var members) ? members.Count : 0;

    private PresenceListing? Find(NodeId node, string group, string starling) =>
        _groups.TryGetValue(group, out var members) && members.TryGetValue(starling, out var listings)
            ? listings.Find(listing => listing.Node == node)
            : null;
}
