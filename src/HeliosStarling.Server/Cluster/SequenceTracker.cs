namespace HeliosStarling;

/// <summary>Finds gaps in what one subscription to one channel hears.</summary>
/// <remarks>Not safe to use concurrently. The first number that is heard of a sender is its start.</remarks>
internal sealed class SequenceTracker
{
    private readonly Dictionary<string, MessageNumber> _last = new(StringComparer.Ordinal);

    /// <summary>A message came.</summary>
    /// <returns>How many were lost ahead of it.</returns>
    public long Hear(string sender, MessageNumber number) => Move(sender, number, number.Sequence - 1);

    /// <summary>A sender repeated its last number.</summary>
    /// <returns>How many messages were lost up to it, that one included.</returns>
    public long HearRepetition(string sender, MessageNumber number) => Move(sender, number, number.Sequence);

    /// <summary>Forgets everything: the subscription broke.</summary>
    public void Reset() => _last.Clear();

    private long Move(string sender, MessageNumber number, long heardIfComplete)
    {
        var known = _last.TryGetValue(sender, out var last);
        if (known && (number.Run < last.Run || (number.Run == last.Run && number.Sequence < last.Sequence))) return 0;
        _last[sender] = number;
        if (!known) return 0;
        return Math.Max(0, heardIfComplete - (number.Run == last.Run ? last.Sequence : 0));
    }
}
