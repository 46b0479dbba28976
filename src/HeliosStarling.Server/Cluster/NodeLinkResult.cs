namespace HeliosStarling;

/// <summary>The answer to a hop.</summary>
/// <param name="Status">How the node answered.</param>
/// <param name="Stream">The stream to the node, which the caller disposes of; null unless it was opened.</param>
internal sealed record NodeLinkResult(NodeLinkStatus Status, Stream? Stream);
