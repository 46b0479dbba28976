namespace HeliosStarling;

/// <summary>Makes text of clients safe for messages and logs.</summary>
internal static class ShownText
{
    // Host names have at most 253 characters.
    private const int MaxLength = 256;

    /// <summary>Cuts the text after 256 characters and replaces all but printable ASCII by '?'. Empty when the text is null.</summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var shown = text.Length > MaxLength ? text[..MaxLength] : text;
        return string.Create(shown.Length, shown, static (characters, source) =>
        {
            for (var i = 0; i < characters.Length; i++) characters[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
        });
    }
}
