using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>The position of a field's value in the frame; <c>default</c> when the field is missing.</summary>
internal readonly struct Field(JsonTokenType kind, bool isEscaped, int start, int length)
{
    /// <summary>The value's first token; <see cref="JsonTokenType.None"/> when the field is missing.</summary>
    public JsonTokenType Kind { get; } = kind;

    /// <summary>Indicates whether the value is a string that contains escapes.</summary>
    public bool IsEscaped { get; } = isEscaped;

    public int Start { get; } = start;

    /// <summary>The length of the raw JSON, quotes included.</summary>
    public int Length { get; } = length;

    public bool IsMissing => Kind == JsonTokenType.None;

    /// <summary>
    /// Indicates whether the field is missing or null. Both mean the same for every optional field except payload and data.
    /// </summary>
    public bool IsAbsent => Kind is JsonTokenType.None or JsonTokenType.Null;
}
