namespace HeliosStarling;

/// <summary>Protocol ← Core ← {Server, Client} ← Testing: in the project files and in the compiled assemblies.</summary>
public class ReferenceDirectionTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["HeliosStarling.Protocol"] = [],
        ["HeliosStarling.Core"] = ["HeliosStarling.Protocol"],
        ["HeliosStarling.Server"] = ["HeliosStarling.Core", "HeliosStarling.Protocol"],
        ["HeliosStarling.Client"] = ["HeliosStarling.Core", "HeliosStarling.Protocol"],
        ["HeliosStarling.Testing"] = ["HeliosStarling.Client", "HeliosStarling.Server", "HeliosStarling.Core", "HeliosStarling.Protocol"],
    };

    public static TheoryData<string> Rooms => [.. Room.All.Select(room => room.Name)];

    [Fact]
    public void Source_EveryProject_HasItsPlaceInTheOrder() =>
        Assert.Equal(s_allowed.Keys.Order(), Room.All.Select(room => room.Name).Order());

    [Theory, MemberData(nameof(Rooms))]
    public void ProjectFile_References_PointDownOnly(string room) =>
        Assert.Empty(Room.All.Single(one => one.Name == room).Projects.Except(s_allowed[room]));

    [Theory, MemberData(nameof(Rooms))]
    public void CompiledAssembly_References_PointDownOnly(string room)
    {
        var ours = CompiledRoom.Load(room).References.Where(name => name.StartsWith("HeliosStarling", StringComparison.Ordinal));
        Assert.Empty(ours.Except(s_allowed[room]));
    }

    [Fact]
    public void Order_FollowedFromAnyRoom_NeverReturns()
    {
        foreach (var room in s_allowed.Keys)
            Assert.DoesNotContain(room, Below(room));

        static IEnumerable<string> Below(string room) => s_allowed[room].Concat(s_allowed[room].SelectMany(Below));
    }

    [Fact]
    public void Source_OutsideTesting_DoesNotReferenceTesting() =>
        Assert.Empty(Room.All.Where(room => room.Projects.Contains("HeliosStarling.Testing")).Select(room => room.Name));

    [Theory]
    [InlineData("HeliosStarling.Protocol")]
    [InlineData("HeliosStarling.Core")]
    [InlineData("HeliosStarling.Client")]
    public void Room_OutsideTheServer_NeedsNoAspNetCore(string room)
    {
        Assert.Empty(Room.All.Single(one => one.Name == room).Frameworks);
        Assert.DoesNotContain(
            CompiledRoom.Load(room).References, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
    }
}
