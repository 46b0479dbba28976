namespace HeliosStarling;

/// <summary>A place in the log of a group.</summary>
/// <param name="Epoch">Which numbering the offset belongs to. No offset means two messages in one epoch.</param>
/// <param name="Offset">The number of a message; 0 is the place ahead of the first one.</param>
internal sealed record LogPosition(string Epoch, long Offset);
