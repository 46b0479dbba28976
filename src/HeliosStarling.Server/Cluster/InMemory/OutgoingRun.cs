namespace HeliosStarling;

/// <summary>What a sender knows of a channel that it has used in the last second.</summary>
internal sealed class OutgoingRun(long run)
{
    private long _sequence;

    /// <summary>When the last message was sent.</summary>
    public DateTimeOffset LastAt { get; private set; }

    /// <summary>The number of the last message.</summary>
    public MessageNumber Last => new(run, _sequence);

    /// <summary>The number of the next message, which is sent now.</summary>
    public MessageNumber Next(DateTimeOffset now)
    {
        LastAt = now;
        _sequence++;
        return Last;
    }
}
