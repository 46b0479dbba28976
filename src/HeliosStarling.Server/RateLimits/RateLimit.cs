namespace HeliosStarling;

/// <summary>A rate limit: the number of permits per time window (a token bucket).</summary>
public sealed record RateLimit
{
    /// <summary>Creates a limit with default values, for configuration.</summary>
    public RateLimit()
    {
    }

    /// <summary>Creates a limit.</summary>
    /// <param name="permits">The number of permits per window.</param>
    /// <param name="window">The length of the window.</param>
    public RateLimit(int permits, TimeSpan window) => (Permits, Window) = (permits, window);

    /// <summary>
    /// The number of permits per <see cref="Window"/>. They return one by one. Between 1 and 1,000,000,000. Default 1.
    /// </summary>
    public int Permits { get; set; } = 1;

    /// <summary>The length of the window. Between 1 ms and 1 day. Default 1 s.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The maximum number of permits at once, after a pause. Between 1 and 1,000,000,000. Default <see cref="Permits"/>.</summary>
    public int? Burst { get; set; }

    /// <summary>Finds the faults of the limit. Each begins with the name of the option.</summary>
    internal IEnumerable<string> FindFaults(string name)
    {
        if (Permits is < 1 or > 1_000_000_000)
            yield return FormattableString.Invariant($"{name}.Permits is {Permits}; it must be between 1 and 1000000000.");
        if (Window < TimeSpan.FromMilliseconds(1) || Window > TimeSpan.FromDays(1))
            yield return FormattableString.Invariant($"{name}.Window is {Window}; it must be between 00:00:00.0010000 and 1.00:00:00.");
        if (Burst is < 1 or > 1_000_000_000)
            yield return FormattableString.Invariant($"{name}.Burst is {Burst}; it must be between 1 and 1000000000.");
    }
}
