namespace HeliosStarling;

/// <summary>The result of a join.</summary>
/// <param name="Status">The status.</param>
/// <param name="Floor">The floor that applies: the earlier one if the starling was in the group already.</param>
internal sealed record JoinResult(DirectoryStatus Status, LogPosition? Floor);
