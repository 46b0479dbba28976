namespace HeliosStarling;

/// <summary>A message of a log.</summary>
/// <param name="Epoch">The epoch that counted when it was read or published.</param>
/// <param name="Offset">Its number.</param>
/// <param name="Timestamp">When it was appended, by the store's time.</param>
/// <param name="Bytes">What it says. The bytes are never written to again and may be kept.</param>
internal sealed record GroupLogMessage(string Epoch, long Offset, DateTimeOffset Timestamp, ReadOnlyMemory<byte> Bytes);
