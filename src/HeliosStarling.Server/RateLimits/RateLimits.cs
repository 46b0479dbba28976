using System.Net;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The rate limits of a server and their partitions.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class RateLimits
{
    private static readonly TimeSpan s_sweepInterval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly BucketTable? _upgrades;
    private readonly AppendList<BucketTable> _tables = new();
    private long _sweptAt;

    public RateLimits(RateLimitOptions options, TimeProvider time)
    {
        (Options, _time, _sweptAt) = (options, time, time.GetTimestamp());
        _upgrades = Add(options.Upgrades);
        PerUser = Add(options.PerUser);
        PerAddress = Add(options.PerAddress);
        // The last message is refused as well, and closes the connection.
        RefusalLimit = new RateLimit(options.CloseAfter, TimeSpan.FromMinutes(1)) { Burst = options.CloseAfter - 1 };
    }

    public RateLimitOptions Options { get; }

    public BucketTable? PerUser { get; }

    public BucketTable? PerAddress { get; }

    /// <summary>The number of refusals that a starling may cause before its connection is closed.</summary>
    public RateLimit RefusalLimit { get; }

    /// <summary>Whether there is any limit for messages.</summary>
    public bool LimitsMessages =>
        Options.PerConnection is not null || PerUser is not null || PerAddress is not null || Options.Limiter is not null;

    /// <summary>Adds a limit with its own partitions.</summary>
    public BucketTable? Add(RateLimit? limit)
    {
        if (limit is null) return null;
        var table = new BucketTable(limit, _time);
        _tables.Add(table);
        return table;
    }

    /// <summary>Checks the rate of upgrade requests of an address. Returns the refusal; null within the limit.</summary>
    public Refusal? CheckUpgrade(IPAddress? address) =>
        _upgrades is null || _upgrades.TryTake(Partitions.OfAddress(address), out var retryAfter) ? null : Refusals.RateLimit(retryAfter);

    /// <summary>
    /// Creates the error with the time to retry: <c>{limit, reset}</c>, reset in Unix milliseconds (docs/protocol.md section 4).
    /// </summary>
    public HeliosException Exceeded(int limit, TimeSpan retryAfter) => new(
        ErrorCodes.RateLimitExceeded, "Too many messages",
        JsonElement.Parse(FormattableString.Invariant($"{{\"limit\":{limit},\"reset\":{ResetAt(retryAfter)}}}")));

    /// <summary>The time when there will be a permit, in Unix milliseconds.</summary>
    /// <remarks>It is rounded up, so that a request at this time finds the permit.</remarks>
    public long ResetAt(TimeSpan retryAfter) =>
        (_time.GetUtcNow() + retryAfter + TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond - 1)).ToUnixTimeMilliseconds();

    /// <summary>Forgets unused partitions from time to time. Called about twice a second.</summary>
    public void OnTick()
    {
        if (_time.GetElapsedTime(_sweptAt) < s_sweepInterval) return;
        _sweptAt = _time.GetTimestamp();
        foreach (var table in _tables.All) table.Sweep();
    }
}
