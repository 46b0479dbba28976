namespace HeliosStarling;

/// <summary>A binary message.</summary>
public sealed class BinaryContext
{
    internal BinaryContext(Starling starling, ReadOnlyMemory<byte> data) => (Starling, Data) = (starling, data);

    /// <summary>The starling that sent it.</summary>
    public Starling Starling { get; }

    /// <summary>The bytes. The application may keep them.</summary>
    public ReadOnlyMemory<byte> Data { get; }
}
