namespace HeliosStarling;

/// <summary>How many bytes a cluster in memory keeps at most, each purpose apart.</summary>
internal sealed record InMemoryLimits
{
    /// <summary>Records of starlings. Default 64 MiB.</summary>
    public long DirectoryBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Logs of groups. Default 64 MiB.</summary>
    public long HistoryBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Presence. Default 64 MiB.</summary>
    public long PresenceBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long a lease lasts that is not renewed. Default 10 s.</summary>
    public TimeSpan LeaseTtl { get; init; } = TimeSpan.FromSeconds(10);
}
