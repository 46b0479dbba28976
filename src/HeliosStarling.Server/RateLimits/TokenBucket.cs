namespace HeliosStarling;

/// <summary>
/// One partition of a limit. It keeps a single number, when the bucket will be full again (the generic cell rate algorithm), so that it
/// needs neither timer nor lock, and counts exactly on any clock; the framework's own bucket reads the machine's.
/// </summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class TokenBucket
{
    private const long Retired = long.MaxValue;

    private readonly TimeProvider _time;
    private readonly long _interval;
    private readonly long _burst;
    private long _fullAt;

    public TokenBucket(RateLimit limit, TimeProvider time)
    {
        (_time, Limit) = (time, limit);
        _interval = Math.Max(1, (long)(limit.Window.TotalSeconds * time.TimestampFrequency / limit.Permits));
        // A day for each of a thousand million permits is longer than any clock shows.
        _burst = (long)Int128.Min((Int128)_interval * (limit.Burst ?? limit.Permits), long.MaxValue / 4);
        _fullAt = time.GetTimestamp();
    }

    public RateLimit Limit { get; }

    /// <summary>Who answers for the partition; null for nobody in particular.</summary>
    public object? Party { get; init; }

    /// <summary>When it is full again, in time stamps of the clock.</summary>
    public long FullAt => Volatile.Read(ref _fullAt);

    /// <summary>Takes a token.</summary>
    /// <param name="retryAfter">When there is none: how long until there is one.</param>
    /// <returns>Null when the bucket was retired: there is another one by now.</returns>
    public bool? TryTake(out TimeSpan retryAfter)
    {
        while (true)
        {
            retryAfter = default;
            var (now, fullAt) = (_time.GetTimestamp(), Volatile.Read(ref _fullAt));
            if (fullAt == Retired) return null;
            var next = Math.Max(fullAt, now) + _interval;
            if (next - now > _burst)
            {
                retryAfter = TimeSpan.FromSeconds((double)(next - now - _burst) / _time.TimestampFrequency);
                return false;
            }
            if (Interlocked.CompareExchange(ref _fullAt, next, fullAt) == fullAt) return true;
        }
    }

    /// <summary>Retires the bucket, whatever it lacks.</summary>
    public void Retire() => Volatile.Write(ref _fullAt, Retired);

    /// <summary>Retires the bucket if it is full: a new one would say the same.</summary>
    public bool TryRetire()
    {
        var fullAt = Volatile.Read(ref _fullAt);
        return fullAt <= _time.GetTimestamp() && Interlocked.CompareExchange(ref _fullAt, Retired, fullAt) == fullAt;
    }
}
