using System.Diagnostics;

namespace HeliosStarling;

/// <summary>The files of the repository.</summary>
internal static class RepositoryFiles
{
    /// <summary>Every tracked file and every new file that is not ignored, relative to the root.</summary>
    public static IReadOnlyList<string> All { get; } = List();

    private static List<string> List()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0
            ? [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().Where(file => File.Exists(Repository.PathOf(file)))]
            : throw new InvalidOperationException($"git ls-files failed with {git.ExitCode}: these tests need a clone.");
    }
}
