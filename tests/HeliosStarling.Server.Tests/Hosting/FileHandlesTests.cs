namespace HeliosStarling.Hosting;

public sealed class FileHandlesTests
{
    [Theory]
    [InlineData("Limit                     Soft Limit           Hard Limit           Units\nMax open files            1024                 524288               files\n", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files\n", null)]
    [InlineData("Max open files            9223372036854775807  9223372036854775807  files\n", int.MaxValue)]
    [InlineData("Max processes             100                  100                  processes\n", null)]
    [InlineData("Max open files", null)]
    [InlineData("", null)]
    public void ParseLimit_TakesTheSoftLimit(string limits, int? expected) => Assert.Equal(expected, FileHandles.ParseLimit(limits));

    [Theory]
    [InlineData(1024, 100, 128, 796, 597)]
    [InlineData(20_000, 200, 1250, 18_550, 13_911)]
    [InlineData(1_048_576, 200, 65_536, 982_840, 737_130)]
    [InlineData(150, 124, 128, 2, 1)]
    public void Handles_LeaveAReserve_AndAQuarterForSocketsBeforeTheirUpgrade(
        int limit, int inUse, int reserve, int clients, int connections)
    {
        var handles = new FileHandles(limit, inUse);

        Assert.Equal((reserve, clients, connections), (handles.Reserve, handles.ForClients, handles.Connections));
    }

    [Theory]
    [InlineData(1024, 100)]
    [InlineData(400, 150)]
    [InlineData(150, 124)]
    [InlineData(20_000, 200)]
    public void Places_AndConnections_FitIntoTheHandles(int limit, int inUse)
    {
        var handles = new FileHandles(limit, inUse);
        var connections = Math.Min(10_000, handles.Connections);

        var places = new LeanPlaces(connections, handles);

        Assert.InRange(connections + places.Opening.Limit + places.Refusing.Limit, 3, Math.Max(3, handles.ForClients));
    }

    [Fact]
    public void Read_OnLinux_KnowsBoth()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells.");

        var handles = FileHandles.Read();

        Assert.True(handles is null or { Limit: > 0, InUse: > 0 });
    }
}
