namespace HeliosStarling;

/// <summary>The messages of a log, ordered by their offsets, without gaps.</summary>
/// <remarks>Used under the lock of the cluster.</remarks>
internal sealed class KeptMessages
{
    // The first _removed entries are removed messages. They are cut off when they are as many as the rest.
    private readonly List<KeptMessage?> _messages = [];
    private int _removed;

    public int Count => _messages.Count - _removed;

    public KeptMessage? First => Count > 0 ? _messages[_removed] : null;

    /// <summary>The total length of the messages in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>The approximate memory of the messages, in bytes.</summary>
    public long Size { get; private set; }

    public void Add(KeptMessage message)
    {
        _messages.Add(message);
        UpdateSize(message, 1);
    }

    public void RemoveFirst()
    {
        UpdateSize(First!, -1);
        _messages[_removed++] = null;
        if (_removed < Count) return;
        _messages.RemoveRange(0, _removed);
        _removed = 0;
    }

    public void RemoveAbove(long offset)
    {
        while (Count > 0 && _messages[^1]!.Offset > offset)
        {
            UpdateSize(_messages[^1]!, -1);
            _messages.RemoveAt(_messages.Count - 1);
        }
    }

    /// <summary>The messages after an offset, the oldest or the newest first.</summary>
    public IEnumerable<KeptMessage> Above(long offset, bool newestFirst)
    {
        if (First is not { } first) yield break;
        var from = _removed + (int)Math.Clamp(offset - first.Offset + 1, 0, Count);
        for (var i = from; i < _messages.Count; i++) yield return _messages[newestFirst ? _messages.Count - 1 - (i - from) : i]!;
    }

    private void UpdateSize(KeptMessage message, int sign)
    {
        Length += sign * message.Bytes.Length;
        Size += sign * message.Size;
    }
}
