using System.Buffers;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The details of an error: a flat object of numbers and strings.</summary>
internal readonly struct ErrorDetails(params (string Name, object Value)[] fields) : IJsonBody
{
    public bool IsAbsent => false;

    public void WriteTo(IBufferWriter<byte> output)
    {
        var json = ((FrameWriter)output).BeginJson();
        json.WriteStartObject();
        foreach (var (name, value) in fields)
        {
            if (value is string text) json.WriteString(name, text);
            else json.WriteNumber(name, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
        }
        json.WriteEndObject();
        json.Flush();
    }
}
