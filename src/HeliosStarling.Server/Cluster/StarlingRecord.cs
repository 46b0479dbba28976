namespace HeliosStarling;

/// <summary>The directory's record of a starling.</summary>
/// <param name="Owner">The node that owns the starling; null when there is none. The owner may be dead.</param>
/// <param name="Fence">A number that grows with each owner, even when a record was lost.</param>
/// <param name="IsClosed">Whether the application has closed the starling for good.</param>
/// <param name="Subject">The user of the starling; null when it is anonymous.</param>
/// <param name="Groups">The groups of the starling with their floors. The floor is null for a group without history.</param>
internal sealed record StarlingRecord(
    NodeId? Owner, long Fence, bool IsClosed, string? Subject, IReadOnlyDictionary<string, LogPosition?> Groups);
