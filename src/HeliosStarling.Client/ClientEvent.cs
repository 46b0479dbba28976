namespace HeliosStarling;

/// <summary>Something that happened to a client's connection.</summary>
/// <param name="Name">What happened, such as <c>starling:disconnected</c>.</param>
/// <param name="Client">To whom.</param>
public abstract record ClientEvent(string Name, StarlingClient Client) : INamedEvent;

/// <summary><c>starling:connected</c>: the client is connected.</summary>
/// <param name="Client">Who.</param>
public sealed record ClientConnected(StarlingClient Client) : ClientEvent("starling:connected", Client);

/// <summary><c>starling:disconnected</c>: the client's connection has ended.</summary>
/// <param name="Client">Who.</param>
/// <param name="Code">The close code; 1006 when the connection just broke (RFC 6455 section 7.1.5).</param>
/// <param name="Reason">The close reason; <c>connection lost</c> when the connection just broke.</param>
public sealed record ClientDisconnected(StarlingClient Client, int Code, string Reason) : ClientEvent("starling:disconnected", Client);
