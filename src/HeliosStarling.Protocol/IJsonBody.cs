using System.Buffers;

namespace HeliosStarling.Protocol;

/// <summary>A JSON value that writes itself into a message: a payload, data or details.</summary>
public interface IJsonBody
{
    /// <summary>True when there is no value: the field is then left out.</summary>
    bool IsAbsent { get; }

    /// <summary>Writes exactly one JSON value as UTF-8.</summary>
    void WriteTo(IBufferWriter<byte> output);
}
