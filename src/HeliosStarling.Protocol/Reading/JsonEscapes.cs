using System.Text;

namespace HeliosStarling.Protocol;

/// <summary>Decodes the escapes of a JSON string that a JSON reader has already accepted.</summary>
internal static class JsonEscapes
{
    /// <summary>
    /// Decodes into <paramref name="output"/>, which must be at least as long as the input. Returns the number of bytes written. A lone
    /// surrogate becomes U+FFFD.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> escaped, Span<byte> output)
    {
        var written = 0;
        while (true)
        {
            var plain = escaped.IndexOf((byte)'\\');
            if (plain < 0) plain = escaped.Length;
            escaped[..plain].CopyTo(output[written..]);
            written += plain;
            escaped = escaped[plain..];
            if (escaped.Length < 2) return written;
            var character = TakeEscape(ref escaped);
            written += character.EncodeToUtf8(output[written..]);
        }
    }

    private static Rune TakeEscape(ref ReadOnlySpan<byte> escaped)
    {
        var kind = escaped[1];
        if (kind == 'u') return TakeUnicode(ref escaped);
        escaped = escaped[2..];
        return new Rune(kind switch
        {
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            _ => (char)kind,
        });
    }

    private static Rune TakeUnicode(ref ReadOnlySpan<byte> escaped)
    {
        var first = TakeCodeUnit(ref escaped);
        if (Rune.TryCreate(first, out var rune)) return rune;
        var afterFirst = escaped;
        if (escaped.StartsWith("\\u"u8) && Rune.TryCreate(first, TakeCodeUnit(ref escaped), out rune)) return rune;
        escaped = afterFirst;
        return Rune.ReplacementChar;
    }

    private static char TakeCodeUnit(ref ReadOnlySpan<byte> escaped)
    {
        var unit = 0;
        foreach (var digit in escaped.Slice(2, 4)) unit = (unit << 4) | (digit & 0xF) + (digit > '9' ? 9 : 0);
        escaped = escaped[6..];
        return (char)unit;
    }
}
