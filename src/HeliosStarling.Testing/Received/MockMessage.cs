using System.Text;
using System.Text.Json;

namespace HeliosStarling.Testing;

/// <summary>A complete message that a <see cref="MockWebSocket"/> received.</summary>
/// <remarks>Immutable and safe to use concurrently.</remarks>
public sealed class MockMessage
{
    internal MockMessage(ReadOnlyMemory<byte> data, bool isBinary) => (Data, IsBinary) = (data, isBinary);

    /// <summary>Whether it came as binary, not as text.</summary>
    public bool IsBinary { get; }

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Its bytes read as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);

    /// <summary>Its bytes read as JSON.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Data);
            return document.RootElement.Clone();
        }
    }

    /// <summary>The text, or how many bytes a binary message has.</summary>
    public override string ToString() => IsBinary ? $"{Data.Length} bytes" : Text;
}
