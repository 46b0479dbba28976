using System.Buffers;
using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>
/// Takes the known fields with plain values off the front of a frame, faster than a JSON reader can: most messages begin with six of
/// them.
/// </summary>
/// <remarks>
/// Plain is: no white space, a known name, and a string without escapes, a whole number, true or false. At anything else it stops in
/// front of that field,
/// and the JSON reader goes on from there, so that only one place knows what valid JSON is.
/// </remarks>
internal static class PlainHead
{
    // More digits may overflow, which the field's rule has to find out.
    private const int MaxDigits = 18;

    private static readonly SearchValues<byte> StringEnds = SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(control => (byte)control)]);

    private static ReadOnlySpan<byte> Usual => "{\"protocol\":\"helios-starling\",\"version\":\"1.0.0\","u8;

    /// <summary>Returns how many bytes were taken: 0, or everything from the brace to the end of a value.</summary>
    public static int Take(ReadOnlySpan<byte> frame, ref FieldTable fields)
    {
        if (frame.IsEmpty || frame[0] != '{') return 0;
        var next = TakeUsual(frame, ref fields);
        var taken = next - 1;
        while (TakeField(frame, ref next, ref fields))
        {
            taken = next;
            if (next == frame.Length || frame[next++] != ',') break;
        }

        return taken;
    }

    // Nearly every message begins with these bytes: one comparison saves two fields.
    private static int TakeUsual(ReadOnlySpan<byte> frame, ref FieldTable fields)
    {
        if (!frame.StartsWith(Usual)) return 1;
        fields[FieldId.Protocol] = new Field(JsonTokenType.String, false, 12, 17);
        fields[FieldId.Version] = new Field(JsonTokenType.String, false, 40, 7);
        return Usual.Length;
    }

    private static bool TakeField(ReadOnlySpan<byte> frame, ref int next, ref FieldTable fields)
    {
        var rest = frame[next..];
        if (rest.IsEmpty || rest[0] != '"') return false;
        var nameLength = rest[1..Math.Min(rest.Length, 2 + FieldNames.MaxLength)].IndexOf((byte)'"');
        if (nameLength < 0) return false;
        var id = FieldNames.Find(FieldId.Ignored, rest.Slice(1, nameLength));
        // What holds fields of its own is left to the JSON reader.
        if (id is FieldId.Ignored or >= FieldId.Notification) return false;
        var valueAt = nameLength + 3;
        if (valueAt >= rest.Length || rest[valueAt - 1] != ':') return false;
        var length = MeasureValue(rest[valueAt..], out var kind);
        if (length == 0) return false;
        fields[id] = new Field(kind, false, next + valueAt, length);
        next += valueAt + length;
        return true;
    }

    private static int MeasureValue(ReadOnlySpan<byte> value, out JsonTokenType kind)
    {
        kind = JsonTokenType.String;
        if (value[0] == '"')
        {
            var end = value[1..].IndexOfAny(StringEnds);
            return end >= 0 && value[end + 1] == '"' ? end + 2 : 0;
        }

        kind = JsonTokenType.Number;
        if (char.IsAsciiDigit((char)value[0])) return MeasureNumber(value);
        kind = JsonTokenType.True;
        if (value.StartsWith("true"u8)) return 4;
        kind = JsonTokenType.False;
        return value.StartsWith("false"u8) ? 5 : 0;
    }

    private static int MeasureNumber(ReadOnlySpan<byte> value)
    {
        var length = 1;
        while (length < value.Length && char.IsAsciiDigit((char)value[length])) length++;
        var isWhole = length < value.Length && value[length] is (byte)',' or (byte)'}';
        return isWhole && length <= MaxDigits && (value[0] != '0' || length == 1) ? length : 0;
    }
}
