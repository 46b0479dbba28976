namespace HeliosStarling.Resume;

/// <summary>
/// One direction as docs/protocol.md section 7 wants it, in the plainest words: what was said, what of it was handed to a connection, and
/// where the receiver stands.
/// </summary>
/// <param name="way">For messages.</param>
/// <param name="dropsLeaveGaps">Whether the sender numbers when it queues, as a server does.</param>
internal sealed class Reference(string way, bool dropsLeaveGaps)
{
    // What has a place in this epoch, in order.
    private List<long> _epoch = [];
    private int _cursor;
    private int _handed;
    private int _position;
    private readonly HashSet<long> _received = [];
    private readonly List<long> _said = [];
    private readonly HashSet<long> _missed = [];
    private readonly HashSet<long> _forgotten = [];
    private long _last;

    public void Say(long number)
    {
        _said.Add(number);
        _epoch.Add(number);
    }

    /// <summary>A connection begins to send behind what the receiver has. What a client holds above that is unsent again.</summary>
    public void Link(long received)
    {
        _cursor = (int)received;
        if (!dropsLeaveGaps) _handed = _cursor;
    }

    /// <summary>A message is handed to the connection.</summary>
    public void Hand(long number)
    {
        if (_cursor >= _epoch.Count || _epoch[_cursor] != number)
            throw new InvalidOperationException(
                $"{way}: {number} is sent in place {_cursor}, where {(_cursor < _epoch.Count ? _epoch[_cursor] : "nothing")} stands");
        HandGap(1);
    }

    /// <summary>The report of a gap is handed to the connection.</summary>
    public void HandGap(long count)
    {
        _cursor += (int)count;
        _handed = Math.Max(_handed, _cursor);
    }

    public void Receive(long number)
    {
        if (!_received.Add(number)) throw new InvalidOperationException($"{way}: {number} came twice");
        if (number <= _last) throw new InvalidOperationException($"{way}: {number} came after {_last}");
        if (_position >= _epoch.Count || _epoch[_position] != number)
            throw new InvalidOperationException(
                $"{way}: {number} came in place {_position}, where {(_position < _epoch.Count ? _epoch[_position] : "nothing")} stands");
        (_last, _position) = (number, _position + 1);
    }

    public void Miss(long count)
    {
        if (!dropsLeaveGaps) throw new InvalidOperationException($"{way}: a client drops nothing");
        if (_position + count > _epoch.Count) throw new InvalidOperationException($"{way}: {count} missed, of {_epoch.Count - _position}");
        foreach (var number in _epoch.GetRange(_position, (int)count)) _missed.Add(number);
        _position += (int)count;
    }

    /// <summary>A new epoch: what was handed out is not sent again, what was not, is.</summary>
    public void Restart()
    {
        _epoch = _epoch[_handed..];
        (_handed, _cursor, _position) = (0, 0, 0);
    }

    /// <summary>The sender has lost its memory: nothing that it was told to send will come.</summary>
    public void Forget()
    {
        _forgotten.UnionWith(_epoch);
        _epoch = [];
        (_handed, _cursor, _position) = (0, 0, 0);
    }

    /// <summary>The receiver has left for good: what it has not taken by now never comes.</summary>
    public void End() => _epoch.RemoveRange(_position, _epoch.Count - _position);

    /// <summary>Everything has come by now, or somebody was told that it may not have.</summary>
    /// <param name="unconfirmed">What the sender was told.</param>
    /// <param name="dropped">How many messages the sender has dropped: those sent before a new epoch are missed by nobody who
    /// counts.</param>
    public void CheckEnd(IReadOnlyCollection<long> unconfirmed, int dropped)
    {
        if (_position != _epoch.Count)
            throw new InvalidOperationException(
                $"{way}: {_epoch.Count - _position} messages of this epoch never came, from {_epoch[_position]}");
        var unknown = _said.Where(number => !_received.Contains(number) && !_forgotten.Contains(number) && !unconfirmed.Contains(number))
            .ToList();
        if (unknown.Count > dropped || unknown.Count(number => !_missed.Contains(number)) > dropped)
            throw new InvalidOperationException(
                $"{way}: lost without a word, though only {dropped} were dropped: {string.Join(' ', unknown)}");
    }
}
