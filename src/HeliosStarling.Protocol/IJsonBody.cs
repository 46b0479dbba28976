using System.Buffers;

namespace HeliosStarling.Protocol;

/// <summary>A JSON value that can write itself into a message: a payload, data or details.</summary>
public interface IJsonBody
{
    /// <summary>Indicates whether there is no value. The message then omits the field.</summary>
    bool IsAbsent { get; }

    /// <summary>Writes exactly one JSON value as UTF-8.</summary>
    void WriteTo(IBufferWriter<byte> output);
}
