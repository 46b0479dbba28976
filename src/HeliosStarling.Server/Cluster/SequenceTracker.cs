namespace HeliosStarling;

/// <summary>Finds gaps in the messages of one subscription to one channel.</summary>
/// <remarks>Not safe to use concurrently. The first number of a sender is its start.</remarks>
internal sealed class SequenceTracker
{
    private readonly Dictionary<string, MessageNumber> _last = new(StringComparer.Ordinal);

    /// <summary>Records a message.</summary>
    /// <returns>The number of messages that were lost before it.</returns>
    public long Record(string sender, MessageNumber number) => Advance(sender, number, number.Sequence - 1);

    /// <summary>Records a repetition of a sender's last number.</summary>
    /// <returns>The number of messages that were lost up to that number.</returns>
    public long RecordRepetition(string sender, MessageNumber number) => Advance(sender, number, number.Sequence);

    /// <summary>Forgets all numbers, because the subscription broke.</summary>
    public void Reset() => _last.Clear();

    private long Advance(string sender, MessageNumber number, long expected)
    {
        var known = _last.TryGetValue(sender, out var last);
        if (known && (number.Run < last.Run || (number.Run == last.Run && number.Sequence < last.Sequence))) return 0;
        _last[sender] = number;
        if (!known) return 0;
        return Math.Max(0, expected - (number.Run == last.Run ? last.Sequence : 0));
    }
}
