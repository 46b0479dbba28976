using System.Text.RegularExpressions;

namespace HeliosStarling;

/// <summary>Committed files mention no machine and no registry, and are not too long.</summary>
public partial class OwnWordsTests
{
    private const int LongestFile = 400;

    private static readonly string[] s_written =
        [".cs", ".csproj", ".props", ".targets", ".slnx", ".js", ".mjs", ".ts", ".css", ".html", ".sh", ".yml", ".yaml"];

    // this file contains the patterns
    private static readonly string[] s_searched =
        [.. RepositoryFiles.All.Where(file => !file.EndsWith(nameof(OwnWordsTests) + ".cs", StringComparison.Ordinal) && !IsBinary(file))];

    [Fact]
    public void Files_ContainNoMachinePaths() => Assert.Empty(Find(MachinePath()));

    [Fact]
    public void Files_ContainNoPackageRegistries() => Assert.Empty(Find(RegistryHost()));

    [Fact]
    public void LockFiles_ContainNoDownloadAddresses() =>
        Assert.DoesNotContain(Find(ResolvedAddress()), hit => hit.Contains("package-lock.json:", StringComparison.Ordinal));

    [Fact]
    public void NuGetConfig_IsNotCommitted() =>
        Assert.DoesNotContain(
            RepositoryFiles.All, file => Path.GetFileName(file).Equals("nuget.config", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void SourceFiles_HaveAtMost400Lines()
    {
        var written = RepositoryFiles.All.Where(file => s_written.Contains(Path.GetExtension(file)));
        var tooLong = written.Select(file => (File: file, Lines: File.ReadLines(Repository.PathOf(file)).Count()))
            .Where(one => one.Lines > LongestFile);
        Assert.Empty(tooLong.Select(one => $"{one.File}: {one.Lines} lines"));
    }

    private static IEnumerable<string> Find(Regex pattern) =>
        from file in s_searched
        from match in pattern.Matches(File.ReadAllText(Repository.PathOf(file)))
        select $"{file}: {match.Value}";

    private static bool IsBinary(string file)
    {
        using var stream = File.OpenRead(Repository.PathOf(file));
        var start = new byte[8000];
        return start.AsSpan(0, stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)).Contains((byte)0);
    }

    [GeneratedRegex(@"(?<![\w.~$}*/-])/(work|root|tmp/wt|home/[a-z]\w*|Users/[A-Za-z]\w*)/|[A-Z]:\\Users\\")]
    private static partial Regex MachinePath();

    [GeneratedRegex(
        @"registry\.npmjs\.org|registry\.yarnpkg\.com|api\.nuget\.org|(deb|security)\.debian\.org|pypi\.org/simple",
        RegexOptions.IgnoreCase)]
    private static partial Regex RegistryHost();

    [GeneratedRegex("\"resolved\"\\s*:")]
    private static partial Regex ResolvedAddress();
}
