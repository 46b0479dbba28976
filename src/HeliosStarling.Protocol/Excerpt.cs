namespace HeliosStarling.Protocol;

/// <summary>Cuts text short without splitting a surrogate pair.</summary>
internal static class Excerpt
{
    // Long enough to recognize the text, too short to fill a log or an answer.
    private const int Length = 64;

    /// <summary>Returns the start of a text from the peer, short enough for an error message.</summary>
    public static string Of(string text) => text.Length <= Length ? text : string.Concat(Cut(text, Length), "...");

    /// <summary>Returns at most the first <paramref name="length"/> characters.</summary>
    public static ReadOnlySpan<char> Cut(ReadOnlySpan<char> text, int length)
    {
        if (text.Length <= length) return text;
        return text[..(char.IsHighSurrogate(text[length - 1]) && char.IsLowSurrogate(text[length]) ? length - 1 : length)];
    }
}
