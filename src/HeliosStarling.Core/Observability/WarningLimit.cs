namespace HeliosStarling;

/// <summary>Limits warnings that clients can cause to ten a minute, so that no client fills the log.</summary>
/// <param name="time">The clock.</param>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class WarningLimit(TimeProvider time)
{
    private const int Most = 10;

    private static readonly TimeSpan s_each = TimeSpan.FromMinutes(1) / Most;

    private readonly Lock _lock = new();
    private long _at = time.GetTimestamp();
    private double _left = Most;
    private int _unlogged;

    /// <summary>Whether a warning may be logged now.</summary>
    /// <param name="unlogged">The number of warnings that were not logged since the last one.</param>
    public bool TryTake(out int unlogged)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            _left = Math.Min(Most, _left + (time.GetElapsedTime(_at, now) / s_each));
            _at = now;
            unlogged = _unlogged;
            if (_left < 1)
            {
                _unlogged++;
                return false;
            }
            _left--;
            _unlogged = 0;
            return true;
        }
    }
}
