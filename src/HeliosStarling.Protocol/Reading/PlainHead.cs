using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>Takes the known fields with plain values off the front of a frame: of most messages all of them.</summary>
/// <remarks>
/// At a field that is unknown or not plain (<see cref="PlainValue"/>) it stops in front of it, and the JSON reader goes on from there.
/// </remarks>
internal static class PlainHead
{
    /// <summary>How nearly every message begins, up to the digits of its timestamp.</summary>
    public static ReadOnlySpan<byte> Usual => "{\"protocol\":\"helios-starling\",\"version\":\"1.0.0\",\"timestamp\":"u8;

    /// <summary>Returns how many bytes were taken: 0, or everything from the brace to the end of a value.</summary>
    public static int Take(ReadOnlySpan<byte> frame, ref FieldTable fields)
    {
        if (frame.IsEmpty || frame[0] != '{') return 0;
        var taken = TakeUsual(frame, ref fields);
        if (taken > 0 && (taken == frame.Length || frame[taken] != ',')) return taken;
        var next = taken + 1;
        while (TakeField(frame, ref next, ref fields))
        {
            taken = next;
            if (next == frame.Length || frame[next++] != ',') break;
        }

        return taken;
    }

    // Nearly every message begins with these bytes: a comparison saves three fields.
    private static int TakeUsual(ReadOnlySpan<byte> frame, ref FieldTable fields)
    {
        if (!frame.StartsWith(Usual)) return 0;
        var digits = PlainValue.MeasureDigits(frame[Usual.Length..], out _);
        var at = Usual.Length + digits;
        if (digits == 0 || at == frame.Length || frame[at] is not ((byte)',' or (byte)'}')) return 0;
        fields[FieldId.Protocol] = new Field(JsonTokenType.String, false, 12, 17);
        fields[FieldId.Version] = new Field(JsonTokenType.String, false, 40, 7);
        fields[FieldId.Timestamp] = new Field(JsonTokenType.Number, false, Usual.Length, digits);
        return at;
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
        var length = PlainValue.Measure(rest[valueAt..], out var kind, out var depth);
        if (length == 0) return false;
        if (depth > 0) fields.NoteDepth(depth + 1);
        fields[id] = new Field(kind, false, next + valueAt, length);
        next += valueAt + length;
        return true;
    }
}
