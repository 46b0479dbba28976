namespace HeliosStarling.Samples.Chat;

/// <summary>What people send is cleaned and bounded here, before anybody else sees it.</summary>
internal static class Input
{
    public const int MaxName = 24;
    public const int MaxText = 2_000;
    public const int MaxAnnouncement = 280;

    /// <summary>The text without control characters and outer white space.</summary>
    /// <exception cref="HeliosException"><c>CHAT_INPUT</c>: empty or longer than <paramref name="max"/>.</exception>
    public static string Clean(string? text, string what, int max)
    {
        var clean = string.Concat((text ?? "").Where(c => c == '\n' || !char.IsControl(c))).Trim();
        if (clean.Length is 0) throw new HeliosException("CHAT_INPUT", $"{what} is empty.");
        if (clean.Length > max) throw new HeliosException("CHAT_INPUT", $"{what} is longer than {max} characters.");
        return clean;
    }

    /// <summary>The same for one-line texts: line breaks become spaces.</summary>
    public static string CleanLine(string? text, string what, int max) => Clean(text?.Replace('\n', ' '), what, max);
}
