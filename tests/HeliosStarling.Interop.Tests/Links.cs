using System.Text.RegularExpressions;

namespace HeliosStarling;

/// <summary>Links of a Markdown page to files beside it.</summary>
internal static partial class Links
{
    public static IEnumerable<string> In(string page) =>
        Link()
            .Matches(page)
            .Select(link => link.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && target.Length > 0);

    [GeneratedRegex(@"\]\((?<target>[^)#\s]*)(#[^)]*)?\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();
}
