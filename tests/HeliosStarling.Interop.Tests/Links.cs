using System.Text.RegularExpressions;

namespace HeliosStarling;

/// <summary>Links of a Markdown page to files beside it, and the headings that links may name.</summary>
internal static partial class Links
{
    /// <summary>The file and the heading of each link; either may be empty.</summary>
    public static IEnumerable<(string File, string Heading)> In(string page) =>
        from link in Link().Matches(WithoutCode(page))
        let target = (File: link.Groups["file"].Value, Heading: link.Groups["heading"].Value)
        where !target.File.Contains("://", StringComparison.Ordinal) && target != ("", "")
        select target;

    /// <summary>The anchors of the page's headings: lower case, hyphens for spaces, no punctuation.</summary>
    public static IReadOnlySet<string> HeadingsOf(string page) =>
        Heading()
            .Matches(WithoutCode(page))
            .Select(heading => Punctuation().Replace(heading.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))
            .ToHashSet();

    private static string WithoutCode(string page) => Code().Replace(page, "");

    [GeneratedRegex(@"\]\((?<file>[^)#\s]*)(#(?<heading>[^)]*))?\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"^( *)```[\s\S]*?^\1```", RegexOptions.Multiline)]
    private static partial Regex Code();
}
