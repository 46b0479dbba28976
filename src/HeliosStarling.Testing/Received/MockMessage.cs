using System.Text;
using System.Text.Json;

namespace HeliosStarling.Testing;

/// <summary>A complete message that a <see cref="MockWebSocket"/> has received.</summary>
/// <remarks>Immutable and safe to use concurrently.</remarks>
public sealed class MockMessage
{
    internal MockMessage(ReadOnlyMemory<byte> data, bool isBinary) => (Data, IsBinary) = (data, isBinary);

    /// <summary>Whether it is a binary message, not a text message.</summary>
    public bool IsBinary { get; }

    /// <summary>The bytes of the message.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The message decoded from UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);

    /// <summary>The message parsed as JSON.</summary>
    /// <exception cref="JsonException">The message is not JSON.</exception>
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Data);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Returns the text, or the length of a binary message.</summary>
    public override string ToString() => IsBinary ? $"{Data.Length} bytes" : Text;
}
