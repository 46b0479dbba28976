namespace HeliosStarling;

/// <summary>What is asked of a log.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Retention">What the log keeps.</param>
internal sealed record GroupLogQuery(string Group, LogRetention Retention)
{
    /// <summary>The most messages of one answer.</summary>
    public const int MaxMessages = 1000;

    /// <summary>Only messages above it, see <see cref="GroupLogState.OffsetOf"/>. Default all.</summary>
    public LogPosition? After { get; init; }

    /// <summary>Only messages above it, too: those below do not belong to who asks. Default all.</summary>
    public LogPosition? Floor { get; init; }

    /// <summary>How many messages at most. Between 0 and 1,000. Default 1,000.</summary>
    public int Limit { get; init; } = MaxMessages;

    /// <summary>How many bytes of messages at most. One message comes in any case. Default no limit.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>Whether the newest message comes first. Default false.</summary>
    public bool NewestFirst { get; init; }
}
