namespace HeliosStarling;

/// <summary>Limits warnings that clients can cause to ten a minute, so that no client fills the log.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class WarningLimit(TimeProvider time)
{
    private readonly TokenBucket _bucket = new(new RateLimit(10, TimeSpan.FromMinutes(1)), time);
    private int _unlogged;

    /// <summary>Whether a warning may be logged now.</summary>
    /// <param name="unlogged">How many were not logged since the last one.</param>
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
