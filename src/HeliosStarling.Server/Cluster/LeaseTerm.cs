namespace HeliosStarling;

/// <summary>What a node knows of its lease.</summary>
/// <param name="Node">Whose. Answers that were given to an older id count for nothing.</param>
/// <param name="TimeToLive">How long the lease lasts from now on, unless it is renewed.</param>
/// <param name="StoreTime">The store's time. Tokens are dated and judged by it: a node keeps the distance to its own clock.</param>
internal sealed record LeaseTerm(NodeId Node, TimeSpan TimeToLive, DateTimeOffset StoreTime);
