using CsCheck;

namespace HeliosStarling.Protocol;

/// <summary>Generates JSON as text, in all its spellings.</summary>
internal static class JsonTexts
{
    /// <summary>Text without lone surrogates.</summary>
    public static readonly Gen<string> Content =
        Gen.OneOf(
                "a", "Z", "7", " ", "\"", "\\", "/", "\n", "\t", "\0", "\u001f", "\u007f",
                "é", "€", "🙂", "\u2028", "\ufeff", "{", "}", ",", ":")
            .Array[0, 12].Select(string.Concat);

    private static readonly Gen<string> s_scalar = Gen.OneOf(
        Gen.OneOf("null", "true", "false", "0", "-0", "1", "-1.5", "1E-7", "12345678901234567890", "{}", "[]", "\"\"", "\"\\ud800\""),
        Gen.Int.Select(number => number.ToString()),
        Content.SelectMany(Escaped));

    /// <summary>Any value, at most three levels deep.</summary>
    public static readonly Gen<string> Value = Gen.Recursive<string>((depth, self) =>
        depth >= 3 ? s_scalar : Gen.OneOf(s_scalar, ArrayOf(self), ObjectOf(self)));

    /// <summary>Any object.</summary>
    public static readonly Gen<string> Object = ObjectOf(Value);

    /// <summary>A field that the protocol does not know, or nothing. Its value may look like a message.</summary>
    public static readonly Gen<string> UnknownField = Gen.Frequency(
        (2, Gen.Const("")),
        (1, Gen.Select(Gen.OneOf("x", "Type", "request_id", "protocolx", "", "\\ud800"), Value, (name, value) => $"\"{name}\":{value}")),
        (1, Gen.Const("\"x\":{\"protocol\":\"other\",\"type\":\"ping\",\"requestId\":1,\"notification\":{\"topic\":1}}")));

    /// <summary>A JSON string with this content: with the fewest escapes, with all characters escaped, or with some.</summary>
    public static Gen<string> Escaped(string content) =>
        Gen.Frequency((6, 0), (1, 1), (1, 3))
            .Select(every => $"\"{string.Concat(content.Select((c, i) => Spell(c, IsHit(c, i, every))))}\"");

    // A surrogate pair is escaped as a whole.
    private static bool IsHit(char c, int index, int every) => every == 1 || (every > 0 && index % every == 0 && !char.IsSurrogate(c));

    private static string Spell(char c, bool isEscaped) => c switch
    {
        '"' or '\\' when !isEscaped => $"\\{c}",
        '\n' when !isEscaped => "\\n",
        _ when isEscaped || c < ' ' => c % 2 == 0 ? $"\\u{(int)c:x4}" : $"\\u{(int)c:X4}",
        _ => c.ToString(),
    };

    private static Gen<string> ArrayOf(Gen<string> item) =>
        Gen.Select(item.Array[0, 3], Gen.OneOf("", " "), (items, space) => $"[{space}{string.Join(space + "," + space, items)}]");

    private static Gen<string> ObjectOf(Gen<string> item) =>
        Gen.Select(Content.SelectMany(Escaped), item, (name, value) => $"{name}:{value}").Array[0, 3]
            .Select(fields => $"{{{string.Join(',', fields)}}}");
}
