namespace HeliosStarling;

/// <summary>How a node answered to a hop.</summary>
internal enum NodeLinkStatus
{
    /// <summary>The stream is open.</summary>
    Opened,

    /// <summary>Nobody answers at the address.</summary>
    Unreachable,

    /// <summary>The node stops and takes no more.</summary>
    Draining,

    /// <summary>The hop was refused: it is for another node or another id of this one, too old, seen before, or false.</summary>
    Refused,
}
