namespace HeliosStarling;

/// <summary>A user or address with states in memory.</summary>
internal sealed class StateOwner(object key, long number)
{
    private readonly LinkedList<KeptValue> _states = [];

    /// <summary>The user or address.</summary>
    public object Key => key;

    /// <summary>A unique number, to order owners of the same size.</summary>
    public long Number => number;

    /// <summary>The memory of its states, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Its least recently saved state.</summary>
    public KeptValue Oldest => _states.First!.Value;

    public void Add(KeptValue state)
    {
        Bytes += state.Size;
        (state.Owner, state.InOrder) = (this, _states.AddLast(state));
    }

    public void Remove(KeptValue state)
    {
        Bytes -= state.Size;
        _states.Remove(state.InOrder!);
    }
}
