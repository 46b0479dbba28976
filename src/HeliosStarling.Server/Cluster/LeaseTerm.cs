namespace HeliosStarling;

/// <summary>The lease of a node, as the node knows it.</summary>
/// <param name="Node">The node. Results for an older id of the node are invalid.</param>
/// <param name="TimeToLive">The time until the lease expires, unless it is renewed.</param>
/// <param name="StoreTime">The store's time. Tokens are dated by it, so the node remembers the difference to its own clock.</param>
internal sealed record LeaseTerm(NodeId Node, TimeSpan TimeToLive, DateTimeOffset StoreTime);
