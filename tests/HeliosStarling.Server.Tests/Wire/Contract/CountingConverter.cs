using System.Text.Json;
using System.Text.Json.Serialization;

namespace HeliosStarling.Wire;

internal sealed record Counted(int Value);

/// <summary>Counts how often a value was serialized.</summary>
internal sealed class CountingConverter : JsonConverter<Counted>
{
    private int _count;

    public int Count => _count;

    public override Counted Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt32());

    public override void Write(Utf8JsonWriter writer, Counted value, JsonSerializerOptions options)
    {
        Interlocked.Increment(ref _count);
        writer.WriteNumberValue(value.Value);
    }
}
