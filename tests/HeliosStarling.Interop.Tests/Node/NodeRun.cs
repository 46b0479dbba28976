using System.Text.RegularExpressions;

namespace HeliosStarling;

/// <summary>The output of one file of Node.js tests, in the Test Anything Protocol.</summary>
internal sealed partial record NodeRun(IReadOnlySet<string> Passed, string Output)
{
    // A file takes a few seconds; its own waits end after 15.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static async Task<NodeRun> StartAsync(string file, Uri server)
    {
        var address = new UriBuilder(server) { Scheme = "ws", Path = "/helios" }.Uri;
        await using var node = RunningProgram.Start(
            "env", $"HELIOS_URL={address}", "node", "--test-reporter=tap", Path.Combine(NodeSuite.Folder, file));
        await node.EndedAsync(s_patience);
        var passed = Result()
            .Matches(node.Output)
            .Where(one => one.Groups["not"].Length == 0)
            .Select(one => Unescape(one.Groups["name"].Value));
        return new NodeRun(passed.ToHashSet(), node.Output);
    }

    private static string Unescape(string name) =>
        name.Replace(@"\#", "#", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal);

    [GeneratedRegex(@"^\s*(?<not>not )?ok \d+ - (?<name>.*?)\s*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Result();
}
