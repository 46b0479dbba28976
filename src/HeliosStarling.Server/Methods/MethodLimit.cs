namespace HeliosStarling;

/// <summary>The rate limit of one method.</summary>
internal sealed class MethodLimit(RateLimit limit, RateLimitScope scope)
{
    private static readonly object s_server = new();

    private BucketTable? _table;

    /// <summary>Checks a call. Returns the refusal when it is over the limit.</summary>
    public ValueTask<HeliosException?> CheckAsync(InboundRequest request)
    {
        var starling = ((StarlingSession)request.Session).Starling;
        var limits = starling.Node.RateLimits;
        if (_table is null)
        {
            // The server is known with the first call only: a registration does not know it.
            lock (this) _table ??= limits.Add(limit);
        }
        if (_table!.TryTake(PartitionOf(starling), out var retryAfter, scope == RateLimitScope.Starling ? starling.Peer.Party : null))
            return default;
        starling.Node.Metrics.MethodLimited(request.Method.Name);
        var refusal = limits.Exceeded(limit.Permits, retryAfter);
        // Refuse before the connection may be closed, because nothing can follow a close frame.
        request.Refuse(refusal);
        // Others may have used up a limit that all share. This starling must not be closed for that.
        if (scope is RateLimitScope.Starling or RateLimitScope.User) starling.Peer.OnRateExceeded();
        return new ValueTask<HeliosException?>(refusal);
    }

    private object PartitionOf(Starling starling) => scope switch
    {
        // The key is the id, so that the partition does not keep the starling alive, and also applies when it is recreated from its token.
        RateLimitScope.Starling => starling.Id,
        RateLimitScope.User => Partitions.OfParty(starling.Peer.KnownUser, starling.RemoteAddress),
        RateLimitScope.Address => Partitions.OfAddress(starling.RemoteAddress),
        _ => s_server,
    };
}
