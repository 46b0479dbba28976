namespace HeliosStarling;

/// <summary>The limits of an in-memory cluster, each for one purpose.</summary>
internal sealed record InMemoryLimits
{
    /// <summary>The maximum memory of the records of starlings, in bytes. Default 64 MiB.</summary>
    public long DirectoryBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The maximum memory of the logs of groups, in bytes. Default 64 MiB.</summary>
    public long HistoryBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The maximum memory of presence entries, in bytes. Default 64 MiB.</summary>
    public long PresenceBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The lifetime of a lease that is not renewed. Default 10 s.</summary>
    public TimeSpan LeaseTtl { get; init; } = TimeSpan.FromSeconds(10);
}
