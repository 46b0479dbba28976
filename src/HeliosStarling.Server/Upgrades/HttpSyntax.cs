using System.Buffers;

namespace HeliosStarling;

/// <summary>The character classes of HTTP/1.1 (RFC 9110 section 5.6, RFC 9112 section 3).</summary>
internal static class HttpSyntax
{
    private static readonly SearchValues<byte> s_token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> s_notInTarget = SearchValues.Create([(byte)'#', .. Range(0x00, 0x20), .. Range(0x7F, 0xFF)]);

    // All control characters except the tab. They could end a line or a string for another parser of the same bytes.
    private static readonly SearchValues<byte> s_notInValue = SearchValues.Create([.. Range(0x00, 0x08), .. Range(0x0A, 0x1F), 0x7F]);

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_token);

    public static bool IsTarget(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAny(s_notInTarget);

    public static bool IsFieldValue(ReadOnlySpan<byte> text) => !text.ContainsAny(s_notInValue);

    /// <summary>Whether a comma-separated list contains <paramref name="item"/>. Case-insensitive.</summary>
    public static bool ListContains(string? list, string item)
    {
        var items = list.AsSpan();
        foreach (var range in items.Split(','))
        {
            if (items[range].Trim(" \t").Equals(item, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>
    /// Reads a number that consists of decimal digits only. Returns false when there is no digit or the number exceeds
    /// <paramref name="max"/>.
    /// </summary>
    /// <remarks>The framework's parser would accept NUL characters after the digits.</remarks>
    public static bool TryReadNumber(ReadOnlySpan<char> text, long max, out long number)
    {
        number = 0;
        foreach (var character in text)
        {
            if (!char.IsAsciiDigit(character)) return false;
            var digit = character - '0';
            if (number > (max - digit) / 10) return false;
            number = (number * 10) + digit;
        }
        return !text.IsEmpty;
    }

    private static IEnumerable<byte> Range(int first, int last) => Enumerable.Range(first, last - first + 1).Select(i => (byte)i);
}
