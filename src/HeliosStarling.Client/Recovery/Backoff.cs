namespace HeliosStarling;

/// <summary>
/// The delays between attempts to connect. The maximum delay doubles with each attempt, and the delay is random below it, so that clients
/// that lost their connections together do not reconnect together.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    // The longest delay that a server can ask for.
    private static readonly TimeSpan s_longestAskedFor = TimeSpan.FromHours(1);

    private TimeSpan _atLeast;

    /// <summary>The number of attempts.</summary>
    public int Tries { get; private set; }

    /// <summary>Gets the delay before the next attempt.</summary>
    public TimeSpan Next()
    {
        // After this many doublings the maximum is reached with any first delay.
        var ceiling = Math.Min(longest.Ticks, first.Ticks * Math.Pow(2, Math.Min(Tries++, 40)));
        var delay = _atLeast + TimeSpan.FromTicks((long)(Random.Shared.NextDouble() * ceiling));
        _atLeast = TimeSpan.Zero;
        return delay;
    }

    /// <summary>Sets a minimum delay for the next attempt, as the server has asked for.</summary>
    public void WaitAtLeast(TimeSpan time) => _atLeast = time < s_longestAskedFor ? time : s_longestAskedFor;

    /// <summary>Sets the longest delay for the next attempt, because the server has closed the connection for sending too much.</summary>
    public void SlowDown() => _atLeast = longest;

    public void Reset() => (Tries, _atLeast) = (0, TimeSpan.Zero);
}
