namespace HeliosStarling;

/// <summary>A user or address that has states in memory.</summary>
internal sealed class StateOwner(object key, long number)
{
    private readonly LinkedList<KeptValue> _states = [];

    /// <summary>The user or address.</summary>
    public object Key => key;

    /// <summary>Tells apart those that have as much.</summary>
    public long Number => number;

    /// <summary>How many bytes its states take.</summary>
    public long Bytes { get; private set; }

    /// <summary>The one that was saved longest ago.</summary>
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
