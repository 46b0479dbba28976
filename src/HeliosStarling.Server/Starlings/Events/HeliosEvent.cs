namespace HeliosStarling;

/// <summary>An event of a starling.</summary>
/// <param name="Name">The name of the event, for example <c>starling:new</c>.</param>
/// <param name="Starling">The starling.</param>
public abstract record HeliosEvent(string Name, Starling Starling) : INamedEvent;

/// <summary>
/// <c>starling:new</c>: a starling was created. The handlers are awaited before its first message is handled, so they must not await a
/// request to it.
/// </summary>
/// <param name="Starling">The new starling.</param>
public sealed record StarlingNew(Starling Starling) : HeliosEvent("starling:new", Starling);

/// <summary><c>starling:connected</c>: a starling has a connection.</summary>
/// <param name="Starling">The starling.</param>
public sealed record StarlingConnected(Starling Starling) : HeliosEvent("starling:connected", Starling);

/// <summary><c>starling:disconnected</c>: a starling has lost its connection.</summary>
/// <param name="Starling">The starling.</param>
/// <param name="Code">The close code; 1006 when the connection was lost without a close frame (RFC 6455 section 7.1.5).</param>
/// <param name="Reason">The close reason; <c>connection lost</c> when there was no close frame.</param>
public sealed record StarlingDisconnected(Starling Starling, int Code, string Reason) : HeliosEvent("starling:disconnected", Starling);

/// <summary>
/// <c>starling:recovered</c>: a starling is back with its id, data and groups. If it was recreated from its token, it has its id and its
/// states only.
/// </summary>
/// <param name="Starling">The starling.</param>
/// <param name="Token">A new token of the starling. It is the client's secret and must not be logged.</param>
public sealed record StarlingRecovered(Starling Starling, string Token) : HeliosEvent("starling:recovered", Starling)
{
    /// <summary>The event without the token.</summary>
    public override string ToString() => $"{nameof(StarlingRecovered)} {{ Name = {Name}, Starling = {Starling.Id} }}";
}

/// <summary>
/// <c>starling:gone</c>: the server has forgotten a starling for good. The starling was without a connection for longer than
/// <see cref="HeliosOptions.DisconnectionTtl"/>, its client has left, the application has closed it, or memory or places were short. Its
/// groups and data are released already. Not raised when the server stops.
/// </summary>
/// <param name="Starling">The starling.</param>
public sealed record StarlingGone(Starling Starling) : HeliosEvent("starling:gone", Starling);

/// <summary>
/// <c>starling:unconfirmed</c>: it is unknown whether these messages reached the client. Either the client came back without its memory of
/// the conversation, or the server stops before the client has acknowledged them. They are not sent again (docs/protocol.md section 7,
/// rule 7).
/// </summary>
/// <param name="Starling">The starling.</param>
/// <param name="Messages">The messages, in the order in which they were sent.</param>
public sealed record StarlingUnconfirmed(Starling Starling, IReadOnlyList<UnconfirmedMessage> Messages)
    : HeliosEvent("starling:unconfirmed", Starling);
