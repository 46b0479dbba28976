namespace HeliosStarling;

/// <summary>Finds escapes of unpaired surrogates, such as <c>"\ud800"</c>. They are valid JSON but not valid Unicode text.</summary>
internal static class LoneSurrogates
{
    // \uXXXX
    private const int EscapeLength = 6;

    public static bool Contain(ReadOnlySpan<byte> json) => IndexOf(json, 0) >= 0;

    /// <summary>Replaces unpaired surrogates with U+FFFD. Returns a copy only when there are any.</summary>
    public static ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> json)
    {
        var at = IndexOf(json.Span, 0);
        if (at < 0) return json;
        var copy = json.ToArray();
        for (; at >= 0; at = IndexOf(copy, at + EscapeLength)) "\\ufffd"u8.CopyTo(copy.AsSpan(at));
        return copy;
    }

    private static int IndexOf(ReadOnlySpan<byte> json, int start)
    {
        while (start < json.Length && json[start..].IndexOf((byte)'\\') is var distance and >= 0)
        {
            var at = start + distance;
            var length = LengthOfEscape(json[at..]);
            if (length == 0) return at;
            start = at + length;
        }
        return -1;
    }

    /// <summary>Returns the length of an escape or of a surrogate pair; 0 for an unpaired surrogate.</summary>
    private static int LengthOfEscape(ReadOnlySpan<byte> json)
    {
        if (!IsUnit(json)) return 2;
        var unit = UnitAt(json);
        if (!char.IsSurrogate(unit)) return EscapeLength;
        var next = json[EscapeLength..];
        return char.IsHighSurrogate(unit) && IsUnit(next) && char.IsLowSurrogate(UnitAt(next)) ? 2 * EscapeLength : 0;
    }

    private static bool IsUnit(ReadOnlySpan<byte> json) => json.Length >= EscapeLength && json[0] == '\\' && json[1] == 'u';

    private static char UnitAt(ReadOnlySpan<byte> escape)
    {
        var unit = 0;
        foreach (var digit in escape[2..EscapeLength]) unit = (unit << 4) | ((digit & 0xF) + (digit > '9' ? 9 : 0));
        return (char)unit;
    }
}
