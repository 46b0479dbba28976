namespace HeliosStarling;

/// <summary>What the directory knows of a starling.</summary>
/// <param name="Owner">The node that has it; null when none has. The owner may be dead.</param>
/// <param name="Fence">Grows with each owner, even where a record was lost.</param>
/// <param name="IsClosed">Whether the application closed it for good.</param>
/// <param name="Subject">The user whose it is; null when it is anonymous.</param>
/// <param name="Groups">The groups that it is in, each with its floor. The floor is null for a group without history.</param>
internal sealed record StarlingRecord(
    NodeId? Owner, long Fence, bool IsClosed, string? Subject, IReadOnlyDictionary<string, LogPosition?> Groups);
