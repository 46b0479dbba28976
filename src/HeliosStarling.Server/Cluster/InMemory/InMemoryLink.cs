namespace HeliosStarling;

/// <summary>Opens streams between nodes of one process.</summary>
internal sealed class InMemoryLink(InMemoryNode node, LinkTable links) : INodeLink
{
    public ValueTask<NodeLinkResult> OpenAsync(string address, Hop hop, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var listener = links.Find(address);
        return ValueTask.FromResult(listener is null || node.IsUnreachable || listener.Node.IsUnreachable
            ? new NodeLinkResult(NodeLinkStatus.Unreachable, null)
            : listener.Open(hop));
    }

    public ValueTask<INodeListener> ListenAsync(string address, Action<Hop, Stream> accept, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var listener = new InMemoryNodeListener(node, address, accept, links);
        links.Add(listener);
        return ValueTask.FromResult<INodeListener>(listener);
    }
}
