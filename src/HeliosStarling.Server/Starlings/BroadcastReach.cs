namespace HeliosStarling;

/// <summary>The nodes that a broadcast was sent to. A node is one running server.</summary>
public enum BroadcastReach : byte
{
    /// <summary>All nodes. A server that stands alone is the only node, so its broadcasts always reach all nodes.</summary>
    AllNodes,

    /// <summary>
    /// This node only, because the other nodes cannot be reached at present. Starlings of the other nodes do not get the message.
    /// </summary>
    ThisNode,
}
