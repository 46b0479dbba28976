namespace HeliosStarling.Protocol;

/// <summary>Cuts text short without splitting a surrogate pair.</summary>
internal static class Excerpt
{
    // Enough to recognize what was sent, too little to fill a log or an answer with.
    private const int Length = 64;

    /// <summary>The start of a text that somebody else chose, short enough to be repeated in an error.</summary>
    public static string Of(string text) => text.Length <= Length ? text : string.Concat(Cut(text, Length), "...");

    /// <summary>The first <paramref name="length"/> characters at most.</summary>
    public static ReadOnlySpan<char> Cut(ReadOnlySpan<char> text, int length)
    {
        if (text.Length <= length) return text;
        return text[..(char.IsHighSurrogate(text[length - 1]) && char.IsLowSurrogate(text[length]) ? length - 1 : length)];
    }
}
