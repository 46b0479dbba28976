namespace HeliosStarling;

/// <summary>The result of opening a stream to a node.</summary>
/// <param name="Status">The status.</param>
/// <param name="Stream">The stream, which the caller disposes; null unless it was opened.</param>
internal sealed record NodeLinkResult(NodeLinkStatus Status, Stream? Stream);
