namespace HeliosStarling;

/// <summary>A message of a log.</summary>
/// <param name="Epoch">The current epoch when the message was read or published.</param>
/// <param name="Offset">The offset of the message.</param>
/// <param name="Timestamp">The time of the append, by the store's clock.</param>
/// <param name="Bytes">The content. The bytes never change and may be kept.</param>
internal sealed record GroupLogMessage(string Epoch, long Offset, DateTimeOffset Timestamp, ReadOnlyMemory<byte> Bytes);
