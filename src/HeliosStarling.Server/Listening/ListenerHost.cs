namespace HeliosStarling;

/// <summary>The parts of a server that a listener uses.</summary>
/// <param name="Node">The shared services.</param>
/// <param name="Connections">Runs the connections.</param>
/// <param name="Gate">Accepts or refuses upgrade requests.</param>
/// <param name="Tls">The TLS settings.</param>
/// <param name="Server">The server, which a listener stops when it stops.</param>
internal sealed record ListenerHost(Node Node, Connections Connections, UpgradeGate Gate, LeanTls Tls, IAsyncDisposable Server);
