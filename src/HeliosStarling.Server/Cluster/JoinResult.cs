namespace HeliosStarling;

/// <summary>The answer to a join.</summary>
/// <param name="Status">How the directory answered.</param>
/// <param name="Floor">The floor that counts: of a starling that was in the group already, the earlier one.</param>
internal sealed record JoinResult(DirectoryStatus Status, LogPosition? Floor);
