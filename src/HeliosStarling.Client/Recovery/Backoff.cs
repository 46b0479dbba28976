namespace HeliosStarling;

/// <summary>How long to wait between tries: up to twice as long each time, anywhere in between, so that clients that were cut together do not come back together.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    /// <summary>How many tries there were.</summary>
    public int Tries { get; private set; }

    public TimeSpan Next()
    {
        // Beyond this many doublings any first delay is past any longest one.
        var ceiling = Math.Min(longest.Ticks, first.Ticks * Math.Pow(2, Math.Min(Tries++, 40)));
        return TimeSpan.FromTicks((long)(Random.Shared.NextDouble() * ceiling));
    }

    public void Reset() => Tries = 0;
}
