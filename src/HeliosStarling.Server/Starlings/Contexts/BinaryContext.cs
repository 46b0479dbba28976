namespace HeliosStarling;

/// <summary>A binary message.</summary>
public sealed class BinaryContext
{
    internal BinaryContext(Starling starling, ReadOnlyMemory<byte> data) => (Starling, Data) = (starling, data);

    /// <summary>Who sent it.</summary>
    public Starling Starling { get; }

    /// <summary>The bytes, the application's to keep.</summary>
    public ReadOnlyMemory<byte> Data { get; }
}
