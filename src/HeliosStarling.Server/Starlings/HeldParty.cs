namespace HeliosStarling;

/// <summary>The held starlings of one user or address.</summary>
internal sealed class HeldParty(object key)
{
    private LinkedList<HeldPlace>? _silent;
    private LinkedList<HeldPlace>? _spoken;

    /// <summary>The user or address.</summary>
    public object Key => key;

    /// <summary>The number of its held starlings.</summary>
    public int Count => (_silent?.Count ?? 0) + (_spoken?.Count ?? 0);

    /// <summary>Whether one of them never sent a message.</summary>
    public bool HasSilent => _silent is { Count: > 0 };

    /// <summary>The next of them to forget: the longest held one that never sent a message, or else the longest held one.</summary>
    public HeldPlace Next => (_silent?.First ?? _spoken!.First!).Value;

    public void Add(HeldPlace place, bool hasSpoken)
    {
        place.Party = this;
        place.InParty = (hasSpoken ? _spoken ??= [] : _silent ??= []).AddLast(place);
    }

    public static void Remove(HeldPlace place)
    {
        place.InParty!.List!.Remove(place.InParty);
        (place.Party, place.InParty) = (null, null);
    }
}
