namespace HeliosStarling;

/// <summary>
/// One partition of a limit. It stores one number only: the time when the bucket will be full again (the generic cell rate algorithm). So
/// it needs no timer and no lock, and it works exactly with any clock. The framework's bucket uses the system clock only.
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
        // Avoid an overflow: a burst of 1,000,000,000 permits at one permit per day exceeds the range of the clock.
        _burst = (long)Int128.Min((Int128)_interval * (limit.Burst ?? limit.Permits), long.MaxValue / 4);
        _fullAt = time.GetTimestamp();
    }

    public RateLimit Limit { get; }

    /// <summary>The party of the partition; null for none.</summary>
    public object? Party { get; init; }

    /// <summary>The time when the bucket is full, as a timestamp of the clock.</summary>
    public long FullAt => Volatile.Read(ref _fullAt);

    /// <summary>Takes a token.</summary>
    /// <param name="retryAfter">The time until the next token, when the result is false.</param>
    /// <returns>Whether a token was taken; null when the bucket is retired and has been replaced.</returns>
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

    /// <summary>Retires the bucket, full or not.</summary>
    public void Retire() => Volatile.Write(ref _fullAt, Retired);

    /// <summary>Retires the bucket if it is full: a new bucket would behave the same.</summary>
    public bool TryRetire()
    {
        var fullAt = Volatile.Read(ref _fullAt);
        return fullAt <= _time.GetTimestamp() && Interlocked.CompareExchange(ref _fullAt, Retired, fullAt) == fullAt;
    }
}
