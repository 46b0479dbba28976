namespace HeliosStarling;

/// <summary>Something that happened to a starling.</summary>
/// <param name="Name">What happened, such as <c>starling:new</c>.</param>
/// <param name="Starling">To whom.</param>
public abstract record HeliosEvent(string Name, Starling Starling) : INamedEvent;

/// <summary>
/// <c>starling:new</c>: a starling was made. Its handlers are awaited before its first message is handled, so they must not await a request
/// to it.
/// </summary>
/// <param name="Starling">Who.</param>
public sealed record StarlingNew(Starling Starling) : HeliosEvent("starling:new", Starling);

/// <summary><c>starling:connected</c>: a starling has a connection.</summary>
/// <param name="Starling">Who.</param>
public sealed record StarlingConnected(Starling Starling) : HeliosEvent("starling:connected", Starling);

/// <summary><c>starling:disconnected</c>: a starling has lost its connection.</summary>
/// <param name="Starling">Who.</param>
/// <param name="Code">The close code; 1006 when the connection just broke (RFC 6455 section 7.1.5).</param>
/// <param name="Reason">The close reason; <c>connection lost</c> when the connection just broke.</param>
public sealed record StarlingDisconnected(Starling Starling, int Code, string Reason) : HeliosEvent("starling:disconnected", Starling);
