namespace HeliosStarling;

/// <summary>The position of a message in the history of a group.</summary>
/// <param name="Group">The name of the group.</param>
/// <param name="Epoch">The epoch of the offset. Offsets of different epochs cannot be compared.</param>
/// <param name="Offset">The number of the message in that epoch. The first message has 1, each further message one more.</param>
public sealed record HistoryPosition(string Group, string Epoch, long Offset);
