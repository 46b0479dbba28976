namespace HeliosStarling;

/// <summary>Where a message stands in the history of a group.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Epoch">Which numbering the offset belongs to. Offsets of different epochs cannot be compared.</param>
/// <param name="Offset">Its number in that epoch. The first message of a history has 1, each further one is one higher.</param>
public sealed record HistoryPosition(string Group, string Epoch, long Offset);
