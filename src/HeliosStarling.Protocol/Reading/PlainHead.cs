using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>Reads the known fields with plain values at the start of a frame. In most messages, these are all fields.</summary>
/// <remarks>
/// It stops before the first field that is unknown or whose value is not plain (<see cref="PlainValue"/>). The JSON reader continues from
/// there.
/// </remarks>
internal static class PlainHead
{
    /// <summary>The usual first bytes of a message, up to the digits of its timestamp.</summary>
    public static ReadOnlySpan<byte> UsualStart => "{\"protocol\":\"helios-starling\",\"version\":\"1.0.0\",\"timestamp\":"u8;

    /// <summary>Returns the number of bytes read: 0, or everything from the opening brace to the end of a value.</summary>
    public static int Read(ReadOnlySpan<byte> frame, ref FieldTable fields)
    {
        if (frame.IsEmpty || frame[0] != '{') return 0;
        var read = ReadUsualStart(frame, ref fields);
        if (read > 0 && (read == frame.Length || frame[read] != ',')) return read;
        var next = read + 1;
        while (ReadField(frame, ref next, ref fields))
        {
            read = next;
            if (next == frame.Length || frame[next++] != ',') break;
        }

        return read;
    }

    // Nearly every message begins with these bytes. One comparison replaces the reading of three fields.
    private static int ReadUsualStart(ReadOnlySpan<byte> frame, ref FieldTable fields)
    {
        if (!frame.StartsWith(UsualStart)) return 0;
        var digits = PlainValue.MeasureDigits(frame[UsualStart.Length..], out _);
        var at = UsualStart.Length + digits;
        if (digits == 0 || at == frame.Length || frame[at] is not ((byte)',' or (byte)'}')) return 0;
        fields[FieldId.Protocol] = new Field(JsonTokenType.String, false, 12, 17);
        fields[FieldId.Version] = new Field(JsonTokenType.String, false, 40, 7);
        fields[FieldId.Timestamp] = new Field(JsonTokenType.Number, false, UsualStart.Length, digits);
        return at;
    }

    private static bool ReadField(ReadOnlySpan<byte> frame, ref int next, ref FieldTable fields)
    {
        var rest = frame[next..];
        if (rest.IsEmpty || rest[0] != '"') return false;
        var nameLength = rest[1..Math.Min(rest.Length, 2 + FieldNames.MaxLength)].IndexOf((byte)'"');
        if (nameLength < 0) return false;
        var id = FieldNames.Find(FieldId.Ignored, rest.Slice(1, nameLength));
        // The JSON reader handles the fields that contain other known fields.
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
