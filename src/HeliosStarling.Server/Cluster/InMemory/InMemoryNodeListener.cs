namespace HeliosStarling;

/// <summary>The listener of an in-memory node.</summary>
internal sealed class InMemoryNodeListener(InMemoryNode node, string address, Action<Hop, Stream> accept, LinkTable links) : INodeListener
{
    private volatile bool _isDraining;

    public InMemoryNode Node => node;

    public string Address => address;

    public void Drain() => _isDraining = true;

    public NodeLinkResult Open(Hop hop)
    {
        if (hop.To != node.Current) return new NodeLinkResult(NodeLinkStatus.Refused, null);
        if (_isDraining) return new NodeLinkResult(NodeLinkStatus.Draining, null);
        var (there, back) = (new ByteChannel(), new ByteChannel());
        accept(hop, new InMemoryStream(there, back));
        return new NodeLinkResult(NodeLinkStatus.Opened, new InMemoryStream(back, there));
    }

    public ValueTask DisposeAsync()
    {
        links.Remove(this);
        return default;
    }
}
