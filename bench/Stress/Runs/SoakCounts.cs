namespace HeliosStarling.Stress;

/// <summary>Counts the events of a soak.</summary>
internal sealed class SoakCounts
{
    private long _connects;
    private long _recoveries;
    private long _renewals;
    private long _messages;
    private long _broken;

    public void Connect() => Interlocked.Increment(ref _connects);

    /// <param name="isSame">Whether the epoch is the same, so that the counters go on.</param>
    public void Recover(bool isSame) => Interlocked.Increment(ref isSame ? ref _recoveries : ref _renewals);

    public void Take() => Interlocked.Increment(ref _messages);

    public void Break() => Interlocked.Increment(ref _broken);

    public override string ToString() =>
        $"{_connects} connects, {_recoveries} resumed, {_renewals} started again, {_messages} messages came, {_broken} broken";
}
