namespace HeliosStarling;

/// <summary>Times as tokens say them.</summary>
internal static class UnixTime
{
    // The year 9999: what a DateTimeOffset holds.
    private const long MaxSeconds = 253_402_300_799;

    /// <summary>The time so many seconds after 1970; null when it is out of range.</summary>
    public static DateTimeOffset? FromSeconds(long seconds) =>
        seconds is >= 0 and <= MaxSeconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>The time so many milliseconds after 1970; null when it is out of range.</summary>
    public static DateTimeOffset? FromMilliseconds(long milliseconds) =>
        milliseconds is >= 0 and <= MaxSeconds * 1000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
