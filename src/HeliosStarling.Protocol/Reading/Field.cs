using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>Where a field's value stands in the frame; <c>default</c> when the field is missing.</summary>
internal readonly struct Field(JsonTokenType kind, bool isEscaped, int start, int length)
{
    /// <summary>The value's first token; <see cref="JsonTokenType.None"/> when the field is missing.</summary>
    public JsonTokenType Kind { get; } = kind;

    /// <summary>Whether a string holds escapes.</summary>
    public bool IsEscaped { get; } = isEscaped;

    public int Start { get; } = start;

    /// <summary>The length of the raw JSON, quotes included.</summary>
    public int Length { get; } = length;

    public bool IsMissing => Kind == JsonTokenType.None;

    /// <summary>Missing or null, which is the same for every optional field but payload and data.</summary>
    public bool IsAbsent => Kind is JsonTokenType.None or JsonTokenType.Null;
}
