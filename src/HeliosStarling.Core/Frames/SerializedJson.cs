using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A body that is a .NET value. It is serialized directly into the frame.</summary>
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

/// <summary>A body whose type is known only at run time. Null means absent.</summary>
internal readonly struct SerializedJson(object? value, JsonTypes types) : IJsonBody
{
    public bool IsAbsent => value is null;

    public void WriteTo(IBufferWriter<byte> output)
    {
        var json = ((FrameWriter)output).BeginJson();
        // A JsonElement needs no JSON metadata.
        if (value is JsonElement element) element.WriteTo(json);
        else JsonSerializer.Serialize(json, value, types.Of(value!.GetType()));
        json.Flush();
    }
}
