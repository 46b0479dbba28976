namespace HeliosStarling.Siege;

/// <summary>What happened during a long day.</summary>
internal sealed class SoakTally
{
    private long _connects;
    private long _recoveries;
    private long _renewals;
    private long _messages;
    private long _broken;

    public void Connect() => Interlocked.Increment(ref _connects);

    /// <param name="isSame">Whether counters went on.</param>
    public void Recover(bool isSame) => Interlocked.Increment(ref isSame ? ref _recoveries : ref _renewals);

    public void Take() => Interlocked.Increment(ref _messages);

    public void Break() => Interlocked.Increment(ref _broken);

    public override string ToString() =>
        $"{_connects} connects, {_recoveries} resumed, {_renewals} started again, {_messages} messages came, {_broken} broken";
}
