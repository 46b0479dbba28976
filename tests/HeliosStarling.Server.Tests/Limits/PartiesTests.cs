namespace HeliosStarling.Limits;

/// <summary>The lifetime of a party.</summary>
public class PartiesTests
{
    private readonly Parties _parties = new(new BufferPool(), static _ => { });

    [Fact]
    public void Party_ThatHasBytesLeft_IsTheSameWhenItComesBack()
    {
        var party = _parties.Enter("ada");
        party.Add(100);
        _parties.Leave(party);
        _parties.OnTick();

        Assert.Same(party, _parties.Enter("ada"));
    }

    [Fact]
    public void Party_WhoseLastByteIsFree_IsForgotten()
    {
        var party = _parties.Enter("ada");
        party.Add(100);
        _parties.Leave(party);
        party.Add(-100);

        _parties.OnTick();

        Assert.Equal(0, _parties.Count);
    }
}
