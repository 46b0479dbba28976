namespace HeliosStarling;

/// <summary>What a listener needs of its server.</summary>
/// <param name="Node">What all rooms share.</param>
/// <param name="Connections">Runs the connections.</param>
/// <param name="Gate">Decides which requests come in.</param>
/// <param name="Tls">The settings of TLS.</param>
/// <param name="Server">The server itself, which a listener that stops stops too.</param>
internal sealed record ListenerHost(Node Node, Connections Connections, UpgradeGate Gate, LeanTls Tls, IAsyncDisposable Server);
