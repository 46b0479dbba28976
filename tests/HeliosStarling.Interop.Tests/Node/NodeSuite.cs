using System.Text.RegularExpressions;

namespace HeliosStarling;

/// <summary>The tests in <c>tests/clients/node</c>, as their files list them.</summary>
internal static partial class NodeSuite
{
    public static string Folder { get; } = Repository.PathOf("tests", "clients", "node");

    public static bool IsInstalled { get; } = Directory.Exists(Path.Combine(Folder, "node_modules", "ws")) && Tool.IsOnPath("node");

    /// <summary>File and name of each test.</summary>
    public static IReadOnlyList<(string File, string Name)> Find() =>
    [
        .. from path in Directory.EnumerateFiles(Folder, "*.test.mjs").Order(StringComparer.Ordinal)
           from test in Declaration().Matches(File.ReadAllText(path))
           select (Path.GetFileName(path), test.Groups["name"].Value.Replace("\\'", "'", StringComparison.Ordinal)),
    ];

    // A test is declared at the start of a line with a literal name; `broken` is a shorthand that also declares one.
    [GeneratedRegex(@"^(test|broken)\('(?<name>([^'\\]|\\')+)'", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Declaration();
}
