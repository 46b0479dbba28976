namespace HeliosStarling;

/// <summary>Who holds the held starlings, by whose turn it is to lose one.</summary>
/// <remarks>Not safe to use concurrently.</remarks>
internal sealed class HeldParties
{
    private readonly Dictionary<object, HeldParty> _parties = [];
    private readonly SortedSet<HeldParty> _order = new(Comparer<HeldParty>.Create(Compare));

    /// <summary>
    /// The one to forget next. It belongs to who holds most; of parties that hold as many, one that never sent anything goes before one
    /// that did, and then the one held longest.
    /// </summary>
    public HeldPlace Next => _order.Min!.Next;

    public void Add(HeldPlace place, object key, bool hasSpoken)
    {
        // A party changes its place in the order with what it holds, so it is out of the order while it changes.
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
