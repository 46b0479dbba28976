namespace HeliosStarling;

/// <summary>Converts the Unix times of tokens.</summary>
internal static class UnixTime
{
    // The end of the year 9999, the limit of DateTimeOffset.
    private const long MaxSeconds = 253_402_300_799;

    /// <summary>Converts seconds since 1970; null when they are out of range.</summary>
    public static DateTimeOffset? FromSeconds(long seconds) =>
        seconds is >= 0 and <= MaxSeconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>Converts milliseconds since 1970; null when they are out of range.</summary>
    public static DateTimeOffset? FromMilliseconds(long milliseconds) =>
        milliseconds is >= 0 and <= MaxSeconds * 1000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
