namespace HeliosStarling;

/// <summary>Limits warnings that clients can cause to ten per minute, so that no client can flood the log.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class WarningLimit(TimeProvider time)
{
    private readonly TokenBucket _bucket = new(new RateLimit(10, TimeSpan.FromMinutes(1)), time);
    private int _unlogged;

    /// <summary>Whether a warning may be logged now.</summary>
    /// <param name="unlogged">The number of suppressed warnings since the last logged one.</param>
    public bool TryTake(out int unlogged)
    {
        unlogged = 0;
        if (_bucket.TryTake(out _) != true)
        {
            Interlocked.Increment(ref _unlogged);
            return false;
        }
        unlogged = Interlocked.Exchange(ref _unlogged, 0);
        return true;
    }
}
