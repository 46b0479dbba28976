namespace HeliosStarling;

/// <summary>A held starling and its places in the lists.</summary>
internal sealed class HeldPlace
{
    public HeldPlace(Starling starling, long number, long since)
    {
        (Starling, Number, Since) = (starling, number, since);
        InOrder = new LinkedListNode<HeldPlace>(this);
    }

    /// <summary>The starling.</summary>
    public Starling Starling { get; }

    /// <summary>A unique number that grows with each held starling.</summary>
    public long Number { get; }

    /// <summary>The timestamp at which the starling lost its connection.</summary>
    public long Since { get; }

    /// <summary>The node in the list of all held starlings, ordered by age.</summary>
    public LinkedListNode<HeldPlace> InOrder { get; }

    /// <summary>The starling's party; null when nobody can recover the starling.</summary>
    public HeldParty? Party { get; set; }

    /// <summary>The node in the list of its party, ordered by age; null without a party.</summary>
    public LinkedListNode<HeldPlace>? InParty { get; set; }
}
