using System.Diagnostics;

namespace HeliosStarling.Packages;

/// <summary>The packages of this build, in their own folder.</summary>
public sealed class PackedSolution : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("helios-packages-");

    public PackedSolution() => Files = Pack("Helios.slnx", "solution");

    /// <summary>The packages of the whole solution.</summary>
    internal IReadOnlyList<string> Files { get; }

    internal Package this[string room] => new(Files.Single(file => IsOf(file, room) && file.EndsWith(".nupkg", StringComparison.Ordinal)));

    internal Package SymbolsOf(string room) =>
        new(Files.Single(file => IsOf(file, room) && file.EndsWith(".snupkg", StringComparison.Ordinal)));

    /// <summary>One project, packed with an address and a contact.</summary>
    internal Package Published(string room, string url, string contact) => new(
        Pack($"src/{room}", "published", $"-p:HeliosProjectUrl={url}", $"-p:HeliosSecurityContact={contact}")
            .Single(static file => file.EndsWith(".nupkg", StringComparison.Ordinal)));

    public void Dispose() => _folder.Delete(recursive: true);

    private static bool IsOf(string file, string room) => Path.GetFileName(file).StartsWith(room + ".", StringComparison.Ordinal);

    private string[] Pack(string project, string name, params string[] more)
    {
        var output = _folder.CreateSubdirectory(name).FullName;
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "pack", project, "-c", Repository.Configuration, "--no-build", "-warnaserror", "-v", "quiet", "--nologo", "-o", output,
                .. more,
            ])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        };
        using var pack = Process.Start(start)!;
        var said = pack.StandardOutput.ReadToEnd();
        pack.WaitForExit();
        Assert.True(pack.ExitCode == 0, said);
        return Directory.GetFiles(output);
    }
}
