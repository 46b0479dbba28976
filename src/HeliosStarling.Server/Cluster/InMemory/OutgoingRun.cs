namespace HeliosStarling;

/// <summary>The messages of a sender to a channel that it has used within the last second.</summary>
internal sealed class OutgoingRun(long run)
{
    private long _sequence;

    /// <summary>The time of the last message.</summary>
    public DateTimeOffset LastAt { get; private set; }

    /// <summary>The number of the last message.</summary>
    public MessageNumber Last => new(run, _sequence);

    /// <summary>Gets the number of the next message, which is sent now.</summary>
    public MessageNumber Next(DateTimeOffset now)
    {
        LastAt = now;
        _sequence++;
        return Last;
    }
}
