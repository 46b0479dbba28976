using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A body that is a .NET value, serialized straight into the frame.</summary>
internal readonly struct SerializedJson<T>(T value, JsonTypeInfo<T> type) : IJsonBody
{
    public bool IsAbsent => false;

    public void WriteTo(IBufferWriter<byte> output)
    {
        var json = ((FrameWriter)output).BeginJson();
        JsonSerializer.Serialize(json, value, type);
        json.Flush();
    }
}

/// <summary>A body whose type is known only when it runs; null means absent.</summary>
internal readonly struct SerializedJson(object? value, JsonTypes types) : IJsonBody
{
    public bool IsAbsent => value is null;

    public void WriteTo(IBufferWriter<byte> output)
    {
        var json = ((FrameWriter)output).BeginJson();
        // Read from a message or made here: it needs no description of its type.
        if (value is JsonElement element) element.WriteTo(json);
        else JsonSerializer.Serialize(json, value, types.Of(value!.GetType()));
        json.Flush();
    }
}
