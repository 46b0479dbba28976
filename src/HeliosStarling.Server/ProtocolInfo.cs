namespace HeliosStarling;

/// <summary>Which protocol a server speaks.</summary>
/// <param name="Name"><c>helios-starling</c>.</param>
/// <param name="Version">The version it sends; it accepts every 1.x.y.</param>
/// <param name="Timestamp">The server's clock now.</param>
public sealed record ProtocolInfo(string Name, string Version, DateTimeOffset Timestamp);
