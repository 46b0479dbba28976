namespace HeliosStarling;

/// <summary>The claim of a node to own a starling that it does not have.</summary>
/// <param name="Starling">The id of the starling.</param>
/// <param name="Node">The claiming node.</param>
/// <param name="Expected">The fence that was read; 0 when there was no record.</param>
/// <param name="Subject">The user of the starling, for a new record.</param>
/// <param name="KeepFor">The minimum time to keep the record.</param>
internal sealed record StarlingClaim(string Starling, NodeId Node, long Expected, string? Subject, TimeSpan KeepFor);
