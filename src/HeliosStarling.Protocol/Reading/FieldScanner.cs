using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>
/// Scans a frame in one forward pass. Records the positions of the known fields and the JSON depth, and validates no field.
/// </summary>
internal static class FieldScanner
{
    // JSON of any depth must be read to its end, because it may be plain JSON of the application. The reader needs only one bit per level.
    private static readonly JsonReaderState s_atStart = new(new JsonReaderOptions { MaxDepth = int.MaxValue });
    private static readonly JsonReaderState s_behindField = StateBehind("{\"\":\"\""u8);

    /// <summary>Returns false when the first character cannot begin a JSON value.</summary>
    public static bool MayBeJson(ReadOnlySpan<byte> frame)
    {
        var first = frame.IndexOfAnyExcept(" \t\r\n"u8);
        return first >= 0 && "{[\"-0123456789tfn"u8.Contains(frame[first]);
    }

    /// <summary>Reads the whole frame. Returns false when it is JSON but not an object.</summary>
    /// <exception cref="JsonException">The frame is not JSON.</exception>
    public static bool Scan(ReadOnlySpan<byte> frame, ref FieldTable fields)
    {
        var read = PlainHead.Read(frame, ref fields);
        if (read == 0) return ScanWhole(frame, ref fields);
        if (frame[read..] is not [(byte)'}']) ScanRest(frame[read..], read, ref fields);
        return true;
    }

    private static bool ScanWhole(ReadOnlySpan<byte> frame, ref FieldTable fields)
    {
        var json = new Utf8JsonReader(frame, isFinalBlock: true, s_atStart);
        var isObject = json.Read() && json.TokenType == JsonTokenType.StartObject;
        if (isObject) ScanObject(ref json, FieldId.Ignored, ref fields);
        // Reads the rest of a value that is not an object. After an object, this throws when more text follows.
        while (json.Read()) { }
        return isObject;
    }

    private static void ScanRest(ReadOnlySpan<byte> rest, int offset, ref FieldTable fields)
    {
        fields.Offset = offset;
        var json = new Utf8JsonReader(rest, isFinalBlock: true, s_behindField);
        ScanObject(ref json, FieldId.Ignored, ref fields);
        json.Read();
    }

    /// <summary>
    /// Reads the first part of a frame and records the fields that are complete in it. Returns false when it does not begin with a brace.
    /// </summary>
    /// <exception cref="JsonException">The frame is not the start of JSON.</exception>
    public static bool ScanStart(ReadOnlySpan<byte> start, ref FieldTable fields)
    {
        var json = new Utf8JsonReader(start, isFinalBlock: false, s_atStart);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return false;
        // If the object is complete, this throws when more text follows.
        if (ScanObject(ref json, FieldId.Ignored, ref fields)) json.Read();
        return true;
    }

    /// <summary>
    /// Reads the fields of an object whose opening brace was read. Returns false when the frame ends before the object does.
    /// </summary>
    private static bool ScanObject(ref Utf8JsonReader json, FieldId owner, ref FieldTable fields)
    {
        while (true)
        {
            if (!json.Read()) return false;
            if (json.TokenType != JsonTokenType.PropertyName) return true;
            var id = json.ValueIsEscaped ? FieldNames.FindEscaped(owner, json.ValueSpan) : FieldNames.Find(owner, json.ValueSpan);
            if (!json.Read()) return false;
            var kind = json.TokenType;
            var isEscaped = json.ValueIsEscaped;
            var start = fields.Offset + (int)json.TokenStartIndex;
            if (id is FieldId.Notification or FieldId.Error) fields.Clear(id);
            if (kind is JsonTokenType.StartObject or JsonTokenType.StartArray && !ScanNested(ref json, id, kind, ref fields)) return false;
            fields[id] = new Field(kind, isEscaped, start, fields.Offset + (int)json.BytesConsumed - start);
        }
    }

    private static bool ScanNested(ref Utf8JsonReader json, FieldId id, JsonTokenType kind, ref FieldTable fields)
    {
        fields.NoteDepth(json.CurrentDepth + 1);
        if (id is FieldId.Notification or FieldId.Error && kind == JsonTokenType.StartObject) return ScanObject(ref json, id, ref fields);
        var outer = json.CurrentDepth;
        while (json.Read())
        {
            if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) fields.NoteDepth(json.CurrentDepth + 1);
            else if (json.CurrentDepth == outer) return true;
        }

        return false;
    }

    private static JsonReaderState StateBehind(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, s_atStart);
        while (reader.Read()) { }
        return reader.CurrentState;
    }
}
