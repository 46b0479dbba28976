namespace HeliosStarling;

/// <summary>A channel of messages between nodes.</summary>
internal readonly record struct BackplaneChannel
{
    private BackplaneChannel(BackplaneChannelKind kind, string name) => (Kind, Name) = (kind, name);

    /// <summary>The channel of all nodes.</summary>
    public static BackplaneChannel All { get; } = new(BackplaneChannelKind.All, "");

    public BackplaneChannelKind Kind { get; }

    /// <summary>The name of the group, or the process of the node; empty for all nodes.</summary>
    public string Name { get; }

    /// <summary>The channel of the nodes that have members of a group.</summary>
    public static BackplaneChannel Group(string name) => new(BackplaneChannelKind.Group, name);

    /// <summary>
    /// The channel of one node. It is the same for all ids of the node's process, so the node also gets messages to an older id.
    /// </summary>
    public static BackplaneChannel Node(NodeId node) => new(BackplaneChannelKind.Node, node.Process);
}
