namespace HeliosStarling;

/// <summary>The answer to a claim or a hold.</summary>
/// <param name="Status"><see cref="DirectoryStatus.Done"/> when the asking node owns the starling.</param>
/// <param name="Node">Who asked. The answer counts only as long as this is the node's id.</param>
/// <param name="Record">The record as it is now; null when there is none.</param>
internal sealed record OwnershipResult(DirectoryStatus Status, NodeId Node, StarlingRecord? Record)
{
    public bool IsOwner => Status == DirectoryStatus.Done;
}
