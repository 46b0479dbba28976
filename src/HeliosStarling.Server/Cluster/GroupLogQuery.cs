namespace HeliosStarling;

/// <summary>A query of a log.</summary>
/// <param name="Group">The name of the group.</param>
/// <param name="Retention">The retention of the log.</param>
internal sealed record GroupLogQuery(string Group, LogRetention Retention)
{
    /// <summary>The maximum number of messages in a result.</summary>
    public const int MaxMessages = 1000;

    /// <summary>Selects messages after this position, see <see cref="GroupLogState.OffsetOf"/>. Default all.</summary>
    public LogPosition? After { get; init; }

    /// <summary>Selects messages after this position, too: earlier ones do not belong to the caller. Default all.</summary>
    public LogPosition? Floor { get; init; }

    /// <summary>The maximum number of messages. Between 0 and 1,000. Default 1,000.</summary>
    public int Limit { get; init; } = MaxMessages;

    /// <summary>The maximum size of the messages together, in bytes. The first message is always returned. Default no limit.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>Whether the newest message comes first. Default false.</summary>
    public bool NewestFirst { get; init; }
}
