namespace HeliosStarling;

/// <summary>The parties that have held starlings, in the order in which they lose one.</summary>
/// <remarks>Not safe to use concurrently.</remarks>
internal sealed class HeldParties
{
    private readonly Dictionary<object, HeldParty> _parties = [];
    private readonly SortedSet<HeldParty> _order = new(Comparer<HeldParty>.Create(Compare));

    /// <summary>
    /// The next starling to forget. It is taken from the party with the most held starlings. Among equals, a party with a starling that
    /// never sent a message comes first, then the party with the starling that has been held longest.
    /// </summary>
    public HeldPlace Next => _order.Min!.Next;

    public void Add(HeldPlace place, object key, bool hasSpoken)
    {
        // The sorted set must not contain a party while its sort key changes.
        if (_parties.TryGetValue(key, out var party)) _order.Remove(party);
        else _parties.Add(key, party = new HeldParty(key));
        party.Add(place, hasSpoken);
        _order.Add(party);
    }

    public void Remove(HeldPlace place)
    {
        if (place.Party is not { } party) return;
        _order.Remove(party);
        HeldParty.Remove(place);
        if (party.Count > 0) _order.Add(party);
        else _parties.Remove(party.Key);
    }

    private static int Compare(HeldParty one, HeldParty other)
    {
        if (one.Count != other.Count) return other.Count.CompareTo(one.Count);
        return one.HasSilent != other.HasSilent ? other.HasSilent.CompareTo(one.HasSilent) : one.Next.Number.CompareTo(other.Next.Number);
    }
}
