namespace HeliosStarling;

/// <summary>How often one method may be called.</summary>
internal sealed class MethodLimit(RateLimit limit, RateLimitScope scope)
{
    private static readonly object s_server = new();

    private BucketTable? _table;

    /// <summary>The refusal of a call over the limit.</summary>
    public ValueTask<HeliosException?> CheckAsync(InboundRequest request)
    {
        var starling = ((StarlingSession)request.Session).Starling;
        var limits = starling.Node.RateLimits;
        if (_table is null)
        {
            // Known with the first call: a registration does not say whose it is.
            lock (this) _table ??= limits.Add(limit);
        }
        if (_table!.TryTake(PartitionOf(starling), out var retryAfter, scope == RateLimitScope.Starling ? starling.Peer.Party : null))
            return default;
        starling.Node.Metrics.MethodLimited(request.Method.Name);
        var refusal = limits.Exceeded(limit.Permits, retryAfter);
        // Before the connection may be closed: nothing follows a close frame.
        request.Refuse(refusal);
        // Of a limit that others share they may have left nothing: that is not for this one to pay.
        if (scope is RateLimitScope.Starling or RateLimitScope.User) starling.Peer.OnRateExceeded();
        return new ValueTask<HeliosException?>(refusal);
    }

    private object PartitionOf(Starling starling) => scope switch
    {
        // Its id alone: a partition outlives the starling, which must not be kept for it, and serves the one that is remade from its token.
        RateLimitScope.Starling => starling.Id,
        RateLimitScope.User => Partitions.OfParty(starling.Peer.KnownUser, starling.RemoteAddress),
        RateLimitScope.Address => Partitions.OfAddress(starling.RemoteAddress),
        _ => s_server,
    };
}
