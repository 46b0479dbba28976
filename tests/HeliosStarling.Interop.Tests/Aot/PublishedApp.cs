namespace HeliosStarling;

/// <summary>Publishes the native AOT test app once.</summary>
public sealed class PublishedApp : IAsyncLifetime
{
    private const string Project = "tests/aot/AotApp";

    // The native compiler takes half a minute on a free machine with two cores.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("helios-aot-");

    public static bool CanPublish { get; } = (Tool.IsOnPath("clang") || Tool.IsOnPath("gcc")) && File.Exists("/usr/include/zlib.h");

    public int ExitCode { get; private set; }

    public string Output { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        if (!CanPublish) return;
        // The app was built with these tests; only the native part remains.
        await using var publish = RunningProgram.Start(
            "dotnet", "publish", Repository.PathOf(Project), "-c", Repository.Configuration, "--no-build", "-o", _folder.FullName);
        ExitCode = await publish.EndedAsync(s_patience);
        Output = publish.Output;
    }

    internal RunningProgram Start(params IEnumerable<string> arguments)
    {
        Assert.True(ExitCode == 0, Output);
        return RunningProgram.Start(Path.Combine(_folder.FullName, "AotApp"), arguments);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return default;
    }
}
