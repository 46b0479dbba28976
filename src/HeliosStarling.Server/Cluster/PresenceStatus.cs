namespace HeliosStarling;

/// <summary>How the store of presence answered.</summary>
internal enum PresenceStatus
{
    /// <summary>The node lists the starling.</summary>
    Listed,

    /// <summary>The lease of the node is gone. It takes a new one and lists all that it has again.</summary>
    NodeGone,

    /// <summary>The store has no room for it. Nothing is changed.</summary>
    Full,
}
