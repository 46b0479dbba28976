namespace HeliosStarling;

/// <summary>A message of an in-memory log.</summary>
internal sealed record KeptMessage(long Offset, DateTimeOffset Timestamp, byte[] Bytes)
{
    // The memory of a message in the tables, without its bytes.
    private const int Overhead = 96;

    /// <summary>The approximate memory of the message, in bytes.</summary>
    public long Size => Overhead + Bytes.Length;
}
