namespace HeliosStarling;

/// <summary>A cluster of nodes in this process. A server that stands alone uses one, too.</summary>
/// <param name="time">The clock of the store.</param>
/// <param name="memory">Counts messages that wait for a receiver.</param>
/// <param name="limits">The memory limits. Default the default limits.</param>
/// <remarks>Safe to use concurrently. Its data lives as long as this object.</remarks>
internal sealed class InMemoryCluster(TimeProvider time, BufferPool memory, InMemoryLimits? limits = null)
{
    public TimeProvider Time => time;

    public InMemoryLimits Limits { get; } = limits ?? new InMemoryLimits();

    /// <summary>Guards all shared data except the links. No application code runs under it.</summary>
    public Lock Lock { get; } = new();

    public LeaseTable Leases => field ??= new LeaseTable(Limits.LeaseTtl, Presence.RemoveNode);

    public DirectoryTable Directory => field ??= new DirectoryTable(Leases, Limits.DirectoryBytes);

    public PresenceTable Presence => field ??= new PresenceTable(Limits.PresenceBytes);

    public LogTable Logs => field ??= new LogTable(Limits.HistoryBytes);

    public SubscriptionTable<BackplaneChannel, BackplaneDelivery> Channels { get; } = new(memory);

    public SubscriptionTable<string, GroupLogMessage> LogChannels { get; } = new(memory);

    public LinkTable Links { get; } = new();

    public InMemoryNode AddNode() => new(this);

    /// <summary>Replaces the store by a copy without the newest messages of each log, as after a failover.</summary>
    /// <param name="lost">The number of messages that each log loses.</param>
    public void FailOver(int lost)
    {
        lock (Lock) Logs.FailOver(lost);
    }
}
