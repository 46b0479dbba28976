namespace HeliosStarling;

/// <summary>The tests of <c>clients/typescript</c>, run against an Echo server.</summary>
public sealed class TypeScriptClientTests
{
    // They take less than a minute by themselves; other tests run beside.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    private static string Folder { get; } = Repository.PathOf("clients", "typescript");

    private static bool IsInstalled { get; } = Directory.Exists(Path.Combine(Folder, "node_modules", "esbuild")) && Tool.IsOnPath("npm");

    [Fact]
    public async Task TypeScriptClient_AgainstEcho_PassesItsTests()
    {
        Assert.SkipUnless(IsInstalled, "npm or the packages of clients/typescript are not installed; test.sh installs them.");
        await using var echo = RunningProgram.StartProject("samples/Echo", "--urls", "http://127.0.0.1:0");
        var address = new UriBuilder(await echo.ListeningAsync()) { Scheme = "ws", Path = "/helios" }.Uri;
        await using var npm = RunningProgram.Start("env", $"HELIOS_URL={address}", "npm", "test", "--silent", "--prefix", Folder);
        var exitCode = await npm.EndedAsync(s_patience);
        Assert.True(exitCode == 0, $"{npm.Output}\n--- server ---\n{echo.Output}");
    }
}
