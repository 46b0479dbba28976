namespace HeliosStarling;

/// <summary>The status of opening a stream to a node.</summary>
internal enum NodeLinkStatus
{
    /// <summary>The stream is open.</summary>
    Opened,

    /// <summary>No node answers at the address.</summary>
    Unreachable,

    /// <summary>The node is stopping and accepts no further streams.</summary>
    Draining,

    /// <summary>The hop was refused: it names another node or another id of this node, or it is too old, repeated or forged.</summary>
    Refused,
}
