namespace HeliosStarling;

/// <summary>Who a message between nodes is for.</summary>
internal readonly record struct BackplaneChannel
{
    private BackplaneChannel(BackplaneChannelKind kind, string name) => (Kind, Name) = (kind, name);

    /// <summary>All nodes.</summary>
    public static BackplaneChannel All { get; } = new(BackplaneChannelKind.All, "");

    public BackplaneChannelKind Kind { get; }

    /// <summary>The name of the group, or the process of the node; empty for all nodes.</summary>
    public string Name { get; }

    /// <summary>The nodes that have members of a group.</summary>
    public static BackplaneChannel Group(string name) => new(BackplaneChannelKind.Group, name);

    /// <summary>One node. It is found under every id that its process had, so that it also hears what was meant for an older one.</summary>
    public static BackplaneChannel Node(NodeId node) => new(BackplaneChannelKind.Node, node.Process);
}
