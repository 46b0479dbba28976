namespace HeliosStarling;

/// <summary>A node asks to go on owning a starling that it has.</summary>
/// <param name="Starling">The starling's id.</param>
/// <param name="Node">Who asks.</param>
/// <param name="Fence">The fence under which it has the starling, or <see cref="LocalFence"/>.</param>
/// <param name="Subject">The user whose the starling is, for a record that is made.</param>
/// <param name="KeepFor">How long to keep the record at least.</param>
internal sealed record StarlingHold(string Starling, NodeId Node, long Fence, string? Subject, TimeSpan KeepFor)
{
    /// <summary>The fence of a starling that was made while the store was away.</summary>
    public const long LocalFence = 0;
}
