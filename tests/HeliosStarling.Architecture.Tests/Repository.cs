using System.Diagnostics;

namespace HeliosStarling;

/// <summary>The repository that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every file that is tracked or would be with the next commit, relative to the root.</summary>
    public static IReadOnlyList<string> Files { get; } = List();

    public static string PathOf(string file) => Path.Combine(Root, file);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Helios.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("Helios.slnx is in no folder above the tests.");
        return folder.FullName;
    }

    private static List<string> List()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0
            ? [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().Where(file => File.Exists(PathOf(file)))]
            : throw new InvalidOperationException($"git ls-files failed with {git.ExitCode}: these tests need a clone.");
    }
}
