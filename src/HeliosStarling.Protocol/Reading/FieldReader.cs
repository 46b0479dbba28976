using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>Reads the values of the scanned fields and collects the faults.</summary>
internal ref struct FieldReader(ReadOnlyMemory<byte> frame, ref FieldTable fields)
{
    private readonly ReadOnlyMemory<byte> _frame = frame;
    private readonly ref FieldTable _fields = ref fields;

    /// <summary>The faults found so far; null when there are none.</summary>
    public List<string>? Faults { get; private set; }

    public readonly Field this[FieldId id] => _fields[id];

    public void AddFault(string fault) => (Faults ??= []).Add(fault);

    /// <summary>Returns the raw JSON of a field; empty when the field is missing.</summary>
    public readonly ReadOnlyMemory<byte> Raw(FieldId id)
    {
        var field = _fields[id];
        return _frame.Slice(field.Start, field.Length);
    }

    /// <summary>Returns the raw JSON of a field; empty when the field is missing or null.</summary>
    public readonly ReadOnlyMemory<byte> RawUnlessNull(FieldId id) => _fields[id].IsAbsent ? default : Raw(id);

    /// <summary>
    /// Reads the content of a string. It is copied only when it contains escapes. Returns false when the field is not a string.
    /// </summary>
    public readonly bool TryGetString(FieldId id, out ReadOnlyMemory<byte> content)
    {
        var field = _fields[id];
        content = default;
        if (field.Kind != JsonTokenType.String) return false;
        content = _frame.Slice(field.Start + 1, field.Length - 2);
        if (field.IsEscaped) content = Unescape(content.Span);
        return true;
    }

    /// <summary>Determines whether the field is the string <paramref name="value"/>.</summary>
    public readonly bool Is(FieldId id, ReadOnlySpan<byte> value) =>
        // A longer string cannot match, even if every character is escaped. So a huge string is never unescaped here.
        _fields[id].Length <= (value.Length * 6) + 2 && TryGetString(id, out var content) && content.Span.SequenceEqual(value);

    /// <summary>Reads a UUID, together with its text as the sender wrote it. Returns false when the field is not a UUID.</summary>
    public readonly bool TryGetUuid(FieldId id, out Guid uuid, out ReadOnlyMemory<byte> text)
    {
        if (TryGetString(id, out text) && Uuid.TryParse(text.Span, out uuid)) return true;
        text = default;
        uuid = default;
        return false;
    }

    /// <summary>
    /// Reads an integer from 0 to <see cref="long.MaxValue"/> without fraction or exponent. Returns false when the field is anything else.
    /// </summary>
    public readonly bool TryGetCount(FieldId id, out long value)
    {
        value = 0;
        if (_fields[id].Kind != JsonTokenType.Number) return false;
        var digits = Raw(id).Span;
        return Utf8Parser.TryParse(digits, out value, out var consumed) && consumed == digits.Length && value >= 0;
    }

    /// <summary>
    /// Reads the first <see cref="ProtocolLimits.MaxErrorMessageLength"/> characters of a string field. Returns false when it is not a
    /// string.
    /// </summary>
    public readonly bool TryGetErrorMessage(FieldId id, out string? message)
    {
        message = null;
        if (!TryGetString(id, out var content)) return false;
        // A character takes at most three bytes, so all bytes after these would be cut anyway.
        var bytes = content.Span[..Math.Min(content.Length, ProtocolLimits.MaxErrorMessageLength * 4)];
        var text = Encoding.UTF8.GetString(bytes);
        var cut = Excerpt.Cut(text, ProtocolLimits.MaxErrorMessageLength);
        message = cut.Length == text.Length ? text : cut.ToString();
        return true;
    }

    private static byte[] Unescape(ReadOnlySpan<byte> escaped)
    {
        var buffer = new byte[escaped.Length];
        Array.Resize(ref buffer, JsonEscapes.Decode(escaped, buffer));
        return buffer;
    }
}
