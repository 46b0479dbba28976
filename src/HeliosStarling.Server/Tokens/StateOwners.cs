namespace HeliosStarling;

/// <summary>Who has how much in the state store in memory.</summary>
/// <remarks>Not safe to use concurrently.</remarks>
internal sealed class StateOwners
{
    private readonly Dictionary<object, StateOwner> _owners = [];
    private readonly SortedSet<StateOwner> _order = new(Comparer<StateOwner>.Create(Compare));
    private long _lastNumber;

    /// <summary>How many bytes all states take.</summary>
    public long Bytes { get; private set; }

    /// <summary>The state to forget next: the oldest one of who has most.</summary>
    public KeptValue Next => _order.Min!.Oldest;

    /// <summary>How many bytes somebody has.</summary>
    public long BytesOf(object key) => _owners.TryGetValue(key, out var owner) ? owner.Bytes : 0;

    /// <summary>
    /// Whether so many bytes can be taken from those who have more than <paramref name="share"/>, and leave that to each of them.
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
        // An owner changes its place in the order with what it has, so it is out of the order while it changes.
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
