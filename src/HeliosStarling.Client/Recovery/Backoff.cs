namespace HeliosStarling;

/// <summary>
/// How long to wait between tries: up to twice as long each time, anywhere in between, so that clients that were cut together do not come
/// back together.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    // A server that asks for more is asked again after this all the same.
    private static readonly TimeSpan s_longestAskedFor = TimeSpan.FromHours(1);

    private TimeSpan _atLeast;

    /// <summary>How many tries there were.</summary>
    public int Tries { get; private set; }

    /// <summary>How long to wait before the next try.</summary>
    public TimeSpan Next()
    {
        // Beyond this many doublings any first delay is past any longest one.
        var ceiling = Math.Min(longest.Ticks, first.Ticks * Math.Pow(2, Math.Min(Tries++, 40)));
        var delay = _atLeast + TimeSpan.FromTicks((long)(Random.Shared.NextDouble() * ceiling));
        _atLeast = TimeSpan.Zero;
        return delay;
    }

    /// <summary>The server wants the next try not before this time is over.</summary>
    public void WaitAtLeast(TimeSpan time) => _atLeast = time < s_longestAskedFor ? time : s_longestAskedFor;

    /// <summary>The server has closed the connection of a client that sends too much: the next try waits as long as any.</summary>
    public void SlowDown() => _atLeast = longest;

    public void Reset() => (Tries, _atLeast) = (0, TimeSpan.Zero);
}
