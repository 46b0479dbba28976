using System.Text.Json;

namespace HeliosStarling;

/// <summary>A text message that is valid JSON but no protocol message.</summary>
public sealed class JsonContext
{
    private readonly Lazy<JsonElement> _data;

    internal JsonContext(Starling starling, ReadOnlyMemory<byte> utf8)
    {
        (Starling, Utf8) = (starling, utf8);
        _data = new Lazy<JsonElement>(() => PayloadJson.ReadElement(utf8));
    }

    /// <summary>The starling that sent it.</summary>
    public Starling Starling { get; }

    /// <summary>The JSON as it was received, in UTF-8.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>The JSON, parsed at first use.</summary>
    public JsonElement Data => _data.Value;
}
