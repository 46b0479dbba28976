namespace HeliosStarling;

/// <summary>A message that a log in memory keeps.</summary>
internal sealed record KeptMessage(long Offset, DateTimeOffset Timestamp, byte[] Bytes)
{
    // What the tables take for it.
    private const int Overhead = 96;

    /// <summary>About how many bytes of memory it takes.</summary>
    public long Size => Overhead + Bytes.Length;
}
