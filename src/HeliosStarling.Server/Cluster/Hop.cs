namespace HeliosStarling;

/// <summary>Describes a connection that a node forwards to another node.</summary>
/// <param name="From">The node that the client connected to.</param>
/// <param name="To">The node that the connection is forwarded to.</param>
/// <param name="Scheme">The scheme of the client's upgrade request: <c>http</c> or <c>https</c>.</param>
/// <param name="RemoteAddress">The address of the client, for rate limits.</param>
/// <param name="TokenHash">A hash of the client's recovery token.</param>
internal sealed record Hop(NodeId From, NodeId To, string Scheme, string RemoteAddress, ReadOnlyMemory<byte> TokenHash);
