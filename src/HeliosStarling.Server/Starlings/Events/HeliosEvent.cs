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

/// <summary>
/// <c>starling:recovered</c>: a starling is back, with its id, data and groups, and with its states if it had to be remade from its token.
/// </summary>
/// <param name="Starling">Who.</param>
/// <param name="Token">A fresh token of it. It is a secret of its client: not to be logged.</param>
public sealed record StarlingRecovered(Starling Starling, string Token) : HeliosEvent("starling:recovered", Starling)
{
    /// <summary>The event without the token.</summary>
    public override string ToString() => $"{nameof(StarlingRecovered)} {{ Name = {Name}, Starling = {Starling.Id} }}";
}

/// <summary>
/// <c>starling:gone</c>: the server has forgotten a starling for good, and nobody comes back as it here: it was away for longer than
/// <see cref="HeliosOptions.DisconnectionTtl"/>, its client has left, the application has closed it, or it was given up because memory or
/// places were short. Its groups and data are gone already. Not told when the server stops.
/// </summary>
/// <param name="Starling">Who.</param>
public sealed record StarlingGone(Starling Starling) : HeliosEvent("starling:gone", Starling);

/// <summary>
/// <c>starling:unconfirmed</c>: a starling came back without its memory of the conversation, or the server stops before the starling has
/// said that it has them, and nobody knows whether these messages reached it. They are not sent again (docs/protocol.md section 7, rule 7).
/// </summary>
/// <param name="Starling">Who.</param>
/// <param name="Messages">The messages, in the order in which they were sent.</param>
public sealed record StarlingUnconfirmed(Starling Starling, IReadOnlyList<UnconfirmedMessage> Messages)
    : HeliosEvent("starling:unconfirmed", Starling);
