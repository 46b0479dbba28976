namespace HeliosStarling;

/// <summary>The request of a node to keep owning a starling that it has.</summary>
/// <param name="Starling">The id of the starling.</param>
/// <param name="Node">The requesting node.</param>
/// <param name="Fence">The fence under which the node has the starling, or <see cref="LocalFence"/>.</param>
/// <param name="Subject">The user of the starling, for a new record.</param>
/// <param name="KeepFor">The minimum time to keep the record.</param>
internal sealed record StarlingHold(string Starling, NodeId Node, long Fence, string? Subject, TimeSpan KeepFor)
{
    /// <summary>The fence of a starling that was created while the store was unreachable.</summary>
    public const long LocalFence = 0;
}
