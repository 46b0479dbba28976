namespace HeliosStarling;

/// <summary>A position in the log of a group.</summary>
/// <param name="Epoch">The epoch of the offset. In one epoch an offset belongs to one message only.</param>
/// <param name="Offset">The offset of a message; 0 is the position before the first one.</param>
internal sealed record LogPosition(string Epoch, long Offset);
