namespace HeliosStarling;

/// <summary>A partial class is counted with all its files.</summary>
public class TypeLengthTests
{
    private const int Longest = 400;

    public static TheoryData<string> Rooms => [.. Room.All.Select(static room => room.Name)];

    [Theory, MemberData(nameof(Rooms))]
    public void Types_AllPartsTogether_HaveAtMost400Lines(string room)
    {
        var types = RoomSources.Of(room)
            .Types()
            .Select(static type => (type.Type.Name, Lines: type.Parts.Sum(static part => part.GetText().Lines.Count)))
            .ToList();

        Assert.NotEmpty(types);
        Assert.Empty(types.Where(static type => type.Lines > Longest)
            .OrderByDescending(static type => type.Lines)
            .Select(static type => $"{type.Name}: {type.Lines} lines"));
    }
}
