namespace HeliosStarling.Resume;

/// <summary>
/// A model of one direction as in docs/protocol.md section 7: the messages sent, those handed to a connection, and
/// the position of the receiver.
/// </summary>
/// <param name="way">For messages.</param>
/// <param name="dropsLeaveGaps">Whether the sender numbers when it queues, as a server does.</param>
internal sealed class Reference(string way, bool dropsLeaveGaps)
{
    // The messages of this epoch, in order.
    private List<long> _epoch = [];
    private int _cursor;
    private int _handed;
    private int _position;
    private readonly HashSet<long> _received = [];
    private readonly List<long> _allNumbers = [];
    private readonly HashSet<long> _missed = [];
    private readonly HashSet<long> _forgotten = [];
    private long _last;

    public void SendNumber(long number)
    {
        _allNumbers.Add(number);
        _epoch.Add(number);
    }

    /// <summary>A connection starts sending after the receiver's position. Messages of a client above it are unsent again.</summary>
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

    /// <summary>A gap report is handed to the connection.</summary>
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

    /// <summary>A new epoch: messages handed to a connection are not sent again, the others are.</summary>
    public void Restart()
    {
        _epoch = _epoch[_handed..];
        (_handed, _cursor, _position) = (0, 0, 0);
    }

    /// <summary>The sender was restarted: its messages will not arrive.</summary>
    public void Forget()
    {
        _forgotten.UnionWith(_epoch);
        _epoch = [];
        (_handed, _cursor, _position) = (0, 0, 0);
    }

    /// <summary>The receiver has left for good: messages that it has not received will never arrive.</summary>
    public void End() => _epoch.RemoveRange(_position, _epoch.Count - _position);

    /// <summary>Everything has arrived, or was reported as unconfirmed or missed.</summary>
    /// <param name="unconfirmed">The messages reported to the sender.</param>
    /// <param name="dropped">How many messages the sender has dropped: those sent before a new epoch are missed by nobody who
    /// counts.</param>
    public void CheckEnd(IReadOnlyCollection<long> unconfirmed, int dropped)
    {
        if (_position != _epoch.Count)
            throw new InvalidOperationException(
                $"{way}: {_epoch.Count - _position} messages of this epoch never came, from {_epoch[_position]}");
        var unknown = _allNumbers
            .Where(number => !_received.Contains(number) && !_forgotten.Contains(number) && !unconfirmed.Contains(number))
            .ToList();
        if (unknown.Count > dropped || unknown.Count(number => !_missed.Contains(number)) > dropped)
            throw new InvalidOperationException(
                $"{way}: lost without a word, though only {dropped} were dropped: {string.Join(' ', unknown)}");
    }
}
