namespace HeliosStarling;

/// <summary>The protocol of a server.</summary>
/// <param name="Name">The name of the protocol: <c>helios-starling</c>.</param>
/// <param name="Version">The version that the server sends. It accepts every version 1.x.y.</param>
/// <param name="Timestamp">The current time of the server's clock.</param>
public sealed record ProtocolInfo(string Name, string Version, DateTimeOffset Timestamp);
