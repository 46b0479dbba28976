namespace HeliosStarling;

/// <summary>The owners of the states in memory, ordered by size.</summary>
/// <remarks>Not safe to use concurrently.</remarks>
internal sealed class StateOwners
{
    private readonly Dictionary<object, StateOwner> _owners = [];
    private readonly SortedSet<StateOwner> _order = new(Comparer<StateOwner>.Create(Compare));
    private long _lastNumber;

    /// <summary>The memory of all states, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>The next state to forget: the oldest state of the largest owner.</summary>
    public KeptValue Next => _order.Min!.Oldest;

    /// <summary>The memory of an owner's states, in bytes.</summary>
    public long BytesOf(object key) => _owners.TryGetValue(key, out var owner) ? owner.Bytes : 0;

    /// <summary>
    /// Whether this number of bytes can be freed from owners with more than <paramref name="share"/>, so that each of them keeps that
    /// share.
    /// </summary>
    public bool CanFree(long bytes, long share)
    {
        foreach (var owner in _order)
        {
            if (bytes <= 0 || owner.Bytes <= share) break;
            bytes -= owner.Bytes - share;
        }
        return bytes <= 0;
    }

    public void Add(KeptValue state, object key)
    {
        // The sorted set must not contain an owner while its sort key changes.
        if (_owners.TryGetValue(key, out var owner)) _order.Remove(owner);
        else _owners.Add(key, owner = new StateOwner(key, ++_lastNumber));
        owner.Add(state);
        _order.Add(owner);
        Bytes += state.Size;
    }

    public void Remove(KeptValue state)
    {
        if (state.Owner is not { } owner) return;
        _order.Remove(owner);
        owner.Remove(state);
        if (owner.Bytes > 0) _order.Add(owner);
        else _owners.Remove(owner.Key);
        Bytes -= state.Size;
    }

    private static int Compare(StateOwner one, StateOwner other) =>
        one.Bytes != other.Bytes ? other.Bytes.CompareTo(one.Bytes) : one.Number.CompareTo(other.Number);
}
