namespace HeliosStarling;

/// <summary>What a node says of a connection that it passes through.</summary>
/// <param name="From">The node that the client came to.</param>
/// <param name="To">The node that the connection is for.</param>
/// <param name="Scheme">The scheme of the client's upgrade: <c>http</c> or <c>https</c>.</param>
/// <param name="RemoteAddress">The client's address. Messages are limited by it.</param>
/// <param name="TokenHash">A hash of the recovery token that the client brought.</param>
internal sealed record Hop(NodeId From, NodeId To, string Scheme, string RemoteAddress, ReadOnlyMemory<byte> TokenHash);
