using System.Net;
using System.Security.Claims;
using System.Threading.RateLimiting;

namespace HeliosStarling;

/// <summary>Counts the messages of one starling against all its rate limits.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class MessageMeter(RateLimits limits, Starling starling, TokenBucket? own, ClaimsPrincipal? user, IPAddress? address)
{
    private readonly object? _user = limits.PerUser is null ? null : Partitions.OfUser(user);
    private readonly object? _address = limits.PerAddress is null ? null : Partitions.OfAddress(address);

    /// <summary>Counts a message.</summary>
    /// <param name="excess">The exceeded limit and the time to retry, when the result is false.</param>
    public bool TryTake(out RateExcess excess)
    {
        excess = default;
        if (own is not null && own.TryTake(out var wait) is false) return Refuse("starling", own.Limit, wait, out excess);
        if (_user is not null && !limits.PerUser!.TryTake(_user, out wait)) return Refuse("user", limits.PerUser.Limit, wait, out excess);
        if (_address is not null && !limits.PerAddress!.TryTake(_address, out wait))
            return Refuse("address", limits.PerAddress.Limit, wait, out excess);
        return limits.Options.Limiter is not { } limiter || TryTake(limiter, out excess);
    }

    private bool TryTake(PartitionedRateLimiter<Starling> limiter, out RateExcess excess)
    {
        excess = default;
        using var lease = limiter.AttemptAcquire(starling);
        if (lease.IsAcquired) return true;
        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
        starling.Node.Metrics.RateLimited("custom");
        excess = new RateExcess(0, limits.ResetAt(wait));
        return false;
    }

    private bool Refuse(string scope, RateLimit limit, TimeSpan wait, out RateExcess excess)
    {
        starling.Node.Metrics.RateLimited(scope);
        excess = new RateExcess(limit.Permits, limits.ResetAt(wait));
        return false;
    }
}
