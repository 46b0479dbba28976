namespace HeliosStarling;

/// <summary>What a client sent, made fit for messages and logs.</summary>
internal static class ShownText
{
    // The longest host name has 253 characters.
    private const int MaxLength = 256;

    /// <summary>The text with anything but printable ASCII as '?', and cut behind 256 characters; empty when there is none.</summary>
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
