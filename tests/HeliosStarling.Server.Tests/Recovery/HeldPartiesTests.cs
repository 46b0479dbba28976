namespace HeliosStarling.Recovery;

public class HeldPartiesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Next_AfterRandomSteps_IsOfThePartyWithMost(int seed)
    {
        var random = new Random(seed);
        var parties = new HeldParties();
        var model = new List<(HeldPlace Place, int Party, bool HasSpoken)>();
        for (var i = 0; i < 5000; i++)
        {
            if (model.Count == 0 || random.Next(100) < 55)
            {
                var added = (Place: new HeldPlace(null!, i, 0), Party: random.Next(12), HasSpoken: random.Next(2) == 0);
                parties.Add(added.Place, added.Party, added.HasSpoken);
                model.Add(added);
            }
            else
            {
                var at = random.Next(model.Count);
                parties.Remove(model[at].Place);
                model.RemoveAt(at);
            }
            if (model.Count > 0) Assert.Same(NextOf(model), parties.Next);
        }
    }

    private static HeldPlace NextOf(List<(HeldPlace Place, int Party, bool HasSpoken)> model)
    {
        var groups = model.GroupBy(static held => held.Party).ToList();
        var most = groups.Max(static party => party.Count());
        var largest = groups.Where(party => party.Count() == most).ToList();
        var withSilent = largest.Where(static party => party.Any(static held => !held.HasSpoken)).ToList();
        return (withSilent.Count > 0 ? withSilent : largest)
            .Select(static party => party.OrderBy(static held => held.HasSpoken).ThenBy(static held => held.Place.Number).First().Place)
            .MinBy(static place => place.Number)!;
    }
}
