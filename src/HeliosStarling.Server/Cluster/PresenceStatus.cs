namespace HeliosStarling;

/// <summary>The status of a presence call.</summary>
internal enum PresenceStatus
{
    /// <summary>The node lists the starling.</summary>
    Listed,

    /// <summary>The lease of the node is gone. The node must take a new one and list all its starlings again.</summary>
    NodeGone,

    /// <summary>The store has no room. Nothing was changed.</summary>
    Full,
}
