using System.Text.RegularExpressions;

namespace HeliosStarling;

/// <summary>What is committed speaks of the project alone and reads well.</summary>
public partial class OwnWordsTests
{
    private const int LongestFile = 400;

    private static readonly string[] s_written =
        [".cs", ".csproj", ".props", ".targets", ".slnx", ".js", ".mjs", ".ts", ".css", ".html", ".sh", ".yml", ".yaml"];

    // this file spells what it looks for
    private static readonly string[] s_searched =
        [.. RepositoryFiles.All.Where(file => !file.EndsWith(nameof(OwnWordsTests) + ".cs", StringComparison.Ordinal) && !IsBinary(file))];

    [Fact]
    public void Files_PathsOfAMachine_AreNamedNowhere() => Assert.Empty(Find(MachinePath()));

    [Fact]
    public void Files_PackageRegistries_AreNamedNowhere() => Assert.Empty(Find(RegistryHost()));

    [Fact]
    public void LockFiles_DownloadAddresses_AreLeftOut() =>
        Assert.DoesNotContain(Find(ResolvedAddress()), hit => hit.Contains("package-lock.json:", StringComparison.Ordinal));

    [Fact]
    public void NuGetConfig_IsLeftToTheMachine() =>
        Assert.DoesNotContain(
            RepositoryFiles.All, file => Path.GetFileName(file).Equals("nuget.config", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void WrittenFiles_AreNotLongerThanOneReads()
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
