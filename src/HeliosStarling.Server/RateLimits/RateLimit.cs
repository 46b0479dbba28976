namespace HeliosStarling;

/// <summary>How much is allowed in how much time: a token bucket.</summary>
public sealed record RateLimit
{
    /// <summary>Makes a limit that is set property by property, as from configuration.</summary>
    public RateLimit()
    {
    }

    /// <summary>Makes a limit.</summary>
    /// <param name="permits">How many are allowed in each window.</param>
    /// <param name="window">How long a window is.</param>
    public RateLimit(int permits, TimeSpan window) => (Permits, Window) = (permits, window);

    /// <summary>
    /// How many are allowed in each <see cref="Window"/>; they come back one by one. Between 1 and 1,000,000,000. Default 1.
    /// </summary>
    public int Permits { get; set; } = 1;

    /// <summary>Between 1 ms and 1 day. Default 1 s.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many are allowed at once after a pause. Between 1 and 1,000,000,000. Default <see cref="Permits"/>.</summary>
    public int? Burst { get; set; }

    /// <summary>What is wrong with it, after the name of the option that holds it.</summary>
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
