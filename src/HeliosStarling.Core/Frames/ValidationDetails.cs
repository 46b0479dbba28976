using System.Buffers;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The details of VALIDATION_ERROR: <c>{errors:[{path, message}]}</c>.</summary>
internal readonly struct ValidationDetails(IReadOnlyList<ValidationError> errors) : IJsonBody
{
    public bool IsAbsent => false;

    public void WriteTo(IBufferWriter<byte> output)
    {
        var json = ((FrameWriter)output).BeginJson();
        json.WriteStartObject();
        json.WriteStartArray("errors");
        foreach (var error in errors)
        {
            json.WriteStartObject();
            json.WriteString("path", error.Path);
            json.WriteString("message", error.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
    }
}
