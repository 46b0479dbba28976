using CsCheck;

namespace HeliosStarling.Protocol;

/// <summary>Generates frames by mutating valid messages.</summary>
internal static class Mutations
{
    private static readonly string[] s_tokens =
    [
        "\"", "\\", "{", "}", "[", "]", ",", ":", "null", "true", "-1", "1e9", "\\u0000", "\\ud800", "\u00ff", "\"protocol\":",
        "\"type\":\"error\",", "\"version\":\"2.0.0\",", "\"requestId\":null,", "\"notification\":{", "\"error\":{}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", " ", "\0", "🙂",
    ];

    public static readonly Gen<byte[]> All =
        from valid in ValidMessages.All
        from edits in Gen.Select(Gen.Int[0, 5], Gen.Int[0, int.MaxValue - 1], Gen.Int[1, 40], Gen.Byte).Array[1, 4]
        select edits.Aggregate(Frames.Utf8(valid.Frame), (frame, edit) => Apply(frame, edit.Item1, edit.Item2, edit.Item3, edit.Item4));

    private static byte[] Apply(byte[] frame, int kind, int place, int length, byte value)
    {
        var at = frame.Length == 0 ? 0 : place % frame.Length;
        var end = Math.Min(frame.Length, at + length);
        switch (kind)
        {
            case 0 when frame.Length > 0:
                frame[at] ^= (byte)(1 << (value & 7));
                return frame;
            case 1 when frame.Length > 0:
                frame[at] = value;
                return frame;
            case 2: return [.. frame[..at], .. frame[end..]];
            case 3: return frame[..at];
            case 4: return [.. frame[..end], .. frame[at..]];
            default: return [.. frame[..at], .. Frames.Utf8(s_tokens[place % s_tokens.Length]), .. frame[at..]];
        }
    }
}
