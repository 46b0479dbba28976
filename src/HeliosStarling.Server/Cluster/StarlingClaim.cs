namespace HeliosStarling;

/// <summary>A node asks to own a starling that it does not have.</summary>
/// <param name="Starling">The starling's id.</param>
/// <param name="Node">Who asks.</param>
/// <param name="Expected">The fence that was read; 0 when there was no record.</param>
/// <param name="Subject">The user whose the starling is, for a record that is made.</param>
/// <param name="KeepFor">How long to keep the record at least.</param>
internal sealed record StarlingClaim(string Starling, NodeId Node, long Expected, string? Subject, TimeSpan KeepFor);
