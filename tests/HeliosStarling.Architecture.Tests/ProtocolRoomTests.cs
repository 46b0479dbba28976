namespace HeliosStarling;

/// <summary>The protocol room computes: no I/O, no injection, no clock, no logger.</summary>
public class ProtocolRoomTests
{
    private const string Protocol = "HeliosStarling.Protocol";

    [Fact]
    public void Protocol_ProjectFile_NamesNoPackage() => Assert.Empty(Room.All.Single(room => room.Name == Protocol).Packages);

    [Theory]
    [InlineData("System.IO.")]
    [InlineData("System.Net.")]
    [InlineData("Microsoft.Extensions.")]
    [InlineData("System.Threading.Tasks.")]
    [InlineData("System.TimeProvider")]
    [InlineData("System.DateTime")]
    [InlineData("System.Environment")]
    public void Protocol_CompiledTypes_StayAwayFrom(string prefix) =>
        Assert.DoesNotContain(CompiledRoom.Load(Protocol).Types, type => type.StartsWith(prefix, StringComparison.Ordinal));

    [Fact]
    public void Protocol_CompiledReferences_AreTheFrameworksOwn() =>
        Assert.All(CompiledRoom.Load(Protocol).References, name => Assert.StartsWith("System.", name, StringComparison.Ordinal));
}
