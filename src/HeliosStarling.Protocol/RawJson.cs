using System.Buffers;

namespace HeliosStarling.Protocol;

/// <summary>A body that is already JSON. An empty one is absent.</summary>
/// <param name="Utf8">Exactly one JSON value, or nothing.</param>
public readonly record struct RawJson(ReadOnlyMemory<byte> Utf8) : IJsonBody
{
    /// <inheritdoc/>
    public bool IsAbsent => Utf8.IsEmpty;

    /// <inheritdoc/>
    public void WriteTo(IBufferWriter<byte> output) => output.Write(Utf8.Span);
}
