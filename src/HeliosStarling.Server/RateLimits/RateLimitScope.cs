namespace HeliosStarling;

/// <summary>The starlings that share a rate limit.</summary>
public enum RateLimitScope
{
    /// <summary>Each starling has its own limit.</summary>
    Starling,

    /// <summary>Each signed-in user has one limit for all connections. Anonymous starlings share a limit by address.</summary>
    User,

    /// <summary>Each address has its own limit.</summary>
    Address,

    /// <summary>All starlings share one limit.</summary>
    Server,
}
