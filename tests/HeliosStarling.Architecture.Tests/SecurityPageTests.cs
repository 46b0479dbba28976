using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace HeliosStarling;

/// <summary>Every defense that SECURITY.md claims has a test that shows it.</summary>
public partial class SecurityPageTests
{
    private static readonly string[][] s_threats =
    [
        .. File.ReadLines(Repository.PathOf("SECURITY.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| threat", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]),
    ];

    [Fact]
    public void Threats_EachHasADefenseAndATest()
    {
        Assert.NotEmpty(s_threats);
        Assert.Empty(s_threats.Where(row => row.Length != 3 || row[1].Length == 0 || !Named().IsMatch(row[2])).Select(row => row[0]));
    }

    [Fact]
    public void Tests_ThatAreNamed_Exist()
    {
        var missing =
            from row in s_threats
            from Match name in Named().Matches(row[^1])
            where !Exists(name.Groups["class"].Value, name.Groups["method"].Value)
            select name.Value;
        Assert.Empty(missing);
    }

    [Fact]
    public void Contact_OnceThereIsOne_IsNamed()
    {
        var contact = XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("HeliosSecurityContact").Single().Value;
        Assert.Contains(contact, File.ReadAllText(Repository.PathOf("SECURITY.md")), StringComparison.Ordinal);
    }

    private static bool Exists(string @class, string method) =>
        RepositoryFiles.All.Any(file =>
            file.StartsWith("tests/", StringComparison.Ordinal)
            && Path.GetFileName(file).StartsWith(@class + ".", StringComparison.Ordinal)
            && (method.Length == 0 || File.ReadAllText(Repository.PathOf(file)).Contains($" {method}(", StringComparison.Ordinal)));

    // `ClassTests`, or `ClassTests.Method`; a partial class has several files.
    [GeneratedRegex(@"`(?<class>[A-Z]\w*)(\.(?<method>[A-Z]\w*))?`")]
    private static partial Regex Named();
}
