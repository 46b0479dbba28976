using System.Buffers;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A body that a delegate writes.</summary>
internal readonly struct WrittenJson(Action<Utf8JsonWriter> write) : IJsonBody
{
    public bool IsAbsent => false;

    public void WriteTo(IBufferWriter<byte> output)
    {
        var json = ((FrameWriter)output).BeginJson();
        write(json);
        json.Flush();
    }
}
