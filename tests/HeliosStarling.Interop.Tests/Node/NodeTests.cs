namespace HeliosStarling;

/// <summary>Every test of the Node.js client, as an xunit test.</summary>
public sealed class NodeTests(NodeRuns runs) : IClassFixture<NodeRuns>
{
    public static TheoryData<string, string> Tests()
    {
        var data = new TheoryData<string, string>();
        foreach (var (file, name) in NodeSuite.Find()) data.Add(file, name);
        return data;
    }

    [Theory, MemberData(nameof(Tests))]
    public async Task NodeClient_AgainstEcho_Passes(string file, string name)
    {
        Assert.SkipUnless(
            NodeSuite.IsInstalled, "Node.js or the npm packages of tests/clients/node are not installed; test.sh installs them.");
        var result = await runs.ResultOf(file, name);
        Assert.True(result.Passed, result.Text);
    }

    [Fact]
    public void NodeSuite_OnDisk_IsFound() => Assert.True(NodeSuite.Find().Count >= 50, $"{NodeSuite.Find().Count} tests found");
}
