namespace HeliosStarling;

/// <summary>One starling that is held, and where it stands among the others.</summary>
internal sealed class HeldPlace
{
    public HeldPlace(Starling starling, long number, long since)
    {
        (Starling, Number, Since) = (starling, number, since);
        InOrder = new LinkedListNode<HeldPlace>(this);
    }

    /// <summary>Which starling.</summary>
    public Starling Starling { get; }

    /// <summary>Grows with each starling that is held; no two have the same.</summary>
    public long Number { get; }

    /// <summary>When it lost its connection.</summary>
    public long Since { get; }

    /// <summary>Where it stands among all, by age.</summary>
    public LinkedListNode<HeldPlace> InOrder { get; }

    /// <summary>Whose it is; null when nobody can return to it.</summary>
    public HeldParty? Party { get; set; }

    /// <summary>Where it stands within its party, by age; null without a party.</summary>
    public LinkedListNode<HeldPlace>? InParty { get; set; }
}
