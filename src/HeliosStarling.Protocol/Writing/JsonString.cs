namespace HeliosStarling.Protocol;

/// <summary>Escapes text for JSON. A lone surrogate becomes U+FFFD.</summary>
internal static class JsonString
{
    /// <summary>Returns the number of bytes that the escaped text needs, without quotes.</summary>
    public static int GetLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            length += GetEscape(rune.Value) switch
            {
                '\0' => rune.Utf8SequenceLength,
                'u' => 6,
                _ => 2,
            };
        }

        return length;
    }

    /// <summary>Writes the escaped text without quotes. Returns the number of bytes written.</summary>
    public static int Escape(ReadOnlySpan<char> text, Span<byte> output)
    {
        var written = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var escape = GetEscape(rune.Value);
            if (escape == '\0')
            {
                written += rune.EncodeToUtf8(output[written..]);
                continue;
            }

            output[written++] = (byte)'\\';
            output[written++] = (byte)escape;
            if (escape == 'u') written += WriteControl(rune.Value, output[written..]);
        }

        return written;
    }

    /// <summary>Returns the character after the backslash; '\0' for a character that needs no escape.</summary>
    private static char GetEscape(int character) => character switch
    {
        '"' or '\\' => (char)character,
        '\b' => 'b',
        '\f' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        < 0x20 => 'u',
        _ => '\0',
    };

    private static int WriteControl(int character, Span<byte> output)
    {
        "00"u8.CopyTo(output);
        output[2] = (byte)('0' + (character >> 4));
        output[3] = (byte)"0123456789abcdef"[character & 0xF];
        return 4;
    }
}
