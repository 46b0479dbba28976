namespace HeliosStarling;

/// <summary>The result of a claim or a hold.</summary>
/// <param name="Status"><see cref="DirectoryStatus.Done"/> when the calling node owns the starling.</param>
/// <param name="Node">The calling node. The result is valid only while this is its id.</param>
/// <param name="Record">The current record; null when there is none.</param>
internal sealed record OwnershipResult(DirectoryStatus Status, NodeId Node, StarlingRecord? Record)
{
    public bool IsOwner => Status == DirectoryStatus.Done;
}
