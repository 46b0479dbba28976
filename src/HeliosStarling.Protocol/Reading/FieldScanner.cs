using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>The one forward pass over a frame: notes where the known fields stand and how deep the JSON is. Judges nothing.</summary>
internal ref struct FieldScanner
{
    // Deep JSON must still be read to its end: it may be plain JSON of the application. The reader keeps one bit per level.
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    private readonly ref FieldTable _fields;
    private Utf8JsonReader _json;
    private int _deepest;

    private FieldScanner(ReadOnlySpan<byte> frame, bool isWhole, ref FieldTable fields)
    {
        _json = new Utf8JsonReader(frame, isWhole, new JsonReaderState(AnyDepth));
        _fields = ref fields;
    }

    /// <summary>False when the first character cannot begin a JSON value.</summary>
    public static bool MayBeJson(ReadOnlySpan<byte> frame)
    {
        var first = frame.IndexOfAnyExcept(" \t\r\n"u8);
        return first >= 0 && "{[\"-0123456789tfn"u8.Contains(frame[first]);
    }

    /// <summary>Reads the whole frame. False when it is JSON but not an object.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="fields">Receives the fields.</param>
    /// <param name="depth">How many objects and arrays stand in one another, the message's own brace included.</param>
    /// <exception cref="JsonException">The frame is not JSON.</exception>
    public static bool Scan(ReadOnlySpan<byte> frame, ref FieldTable fields, out int depth)
    {
        var scanner = new FieldScanner(frame, isWhole: true, ref fields);
        scanner._json.Read();
        var isObject = scanner._json.TokenType == JsonTokenType.StartObject;
        if (isObject) scanner.ScanObject(FieldId.Ignored);
        // The rest of what is no object; behind an object it throws when anything follows.
        while (scanner._json.Read()) { }
        depth = scanner._deepest;
        return isObject;
    }

    /// <summary>Reads a frame that is cut anywhere, for the fields that are complete in it. False when it does not begin with a brace.</summary>
    /// <exception cref="JsonException">The frame is not the start of JSON.</exception>
    public static bool ScanStart(ReadOnlySpan<byte> start, ref FieldTable fields)
    {
        var scanner = new FieldScanner(start, isWhole: false, ref fields);
        if (!scanner._json.Read() || scanner._json.TokenType != JsonTokenType.StartObject) return false;
        scanner.ScanObject(FieldId.Ignored);
        return true;
    }

    /// <summary>Reads the fields of an object whose brace was read; false when the frame ended before the object did.</summary>
    private bool ScanObject(FieldId owner)
    {
        NoteDepth();
        while (true)
        {
            if (!_json.Read()) return false;
            if (_json.TokenType != JsonTokenType.PropertyName) return true;
            var id = FindField(owner);
            if (!_json.Read()) return false;
            var kind = _json.TokenType;
            var isEscaped = _json.ValueIsEscaped;
            var start = (int)_json.TokenStartIndex;
            if (id is FieldId.Notification or FieldId.Error) _fields.Clear(id);
            if (kind is JsonTokenType.StartObject or JsonTokenType.StartArray && !ScanNested(id, kind)) return false;
            _fields[id] = new Field(kind, isEscaped, start, (int)_json.BytesConsumed - start);
        }
    }

    private readonly FieldId FindField(FieldId owner) =>
        _json.ValueIsEscaped ? FieldNames.FindEscaped(owner, _json.ValueSpan) : FieldNames.Find(owner, _json.ValueSpan);

    private bool ScanNested(FieldId id, JsonTokenType kind) =>
        id is FieldId.Notification or FieldId.Error && kind == JsonTokenType.StartObject ? ScanObject(id) : SkipToEnd();

    private bool SkipToEnd()
    {
        NoteDepth();
        var outer = _json.CurrentDepth;
        while (_json.Read())
        {
            if (_json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) NoteDepth();
            else if (_json.CurrentDepth == outer) return true;
        }

        return false;
    }

    private void NoteDepth() => _deepest = Math.Max(_deepest, _json.CurrentDepth + 1);
}
