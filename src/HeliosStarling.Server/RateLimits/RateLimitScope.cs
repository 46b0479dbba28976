namespace HeliosStarling;

/// <summary>Who shares a limit.</summary>
public enum RateLimitScope
{
    /// <summary>Each starling has its own.</summary>
    Starling,

    /// <summary>Each signed-in user has its own, on all connections together; starlings without user by their address.</summary>
    User,

    /// <summary>Each address has its own.</summary>
    Address,

    /// <summary>All share one.</summary>
    Server,
}
