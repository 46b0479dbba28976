namespace HeliosStarling;

/// <summary>Something that happened to a client's connection.</summary>
/// <param name="Name">What happened, such as <c>starling:disconnected</c>.</param>
/// <param name="Client">To whom.</param>
public abstract record ClientEvent(string Name, StarlingClient Client) : INamedEvent;

/// <summary><c>starling:connected</c>: the client is connected, for the first time or again.</summary>
/// <param name="Client">Who.</param>
public sealed record ClientConnected(StarlingClient Client) : ClientEvent("starling:connected", Client);

/// <summary>
/// <c>starling:recovered</c>: the client is connected again as the starling that it was. Follows <c>starling:connected</c>.
/// </summary>
/// <param name="Client">Who.</param>
/// <param name="IsContinued">
/// Whether the conversation goes on where it was cut. If not, the server had lost its memory of it: requests that were on their way have
/// failed, and what it sent meanwhile is unknown (docs/protocol.md section 7, rules 5 to 7).
/// </param>
/// <param name="Missed">How many messages the server had to drop meanwhile; null when it does not know.</param>
public sealed record ClientRecovered(StarlingClient Client, bool IsContinued, long? Missed) : ClientEvent("starling:recovered", Client);

/// <summary><c>starling:disconnected</c>: the client's connection has ended.</summary>
/// <param name="Client">Who.</param>
/// <param name="Code">The close code; 1006 when the connection just broke (RFC 6455 section 7.1.5).</param>
/// <param name="Reason">The close reason; <c>connection lost</c> when the connection just broke.</param>
public sealed record ClientDisconnected(StarlingClient Client, int Code, string Reason) : ClientEvent("starling:disconnected", Client);

/// <summary><c>starling:reconnecting</c>: the client is about to try again.</summary>
/// <param name="Client">Who.</param>
/// <param name="Attempt">Which try it is, from 1.</param>
/// <param name="Delay">How long it waits before.</param>
public sealed record ClientReconnecting(StarlingClient Client, int Attempt, TimeSpan Delay) : ClientEvent("starling:reconnecting", Client)
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Why the try before failed. Before the first one, why the connection ended; its <see cref="ConnectionFailure.CloseCode"/> is 1006 when
    /// it just broke.
    /// </summary>
    public ConnectionFailure? Failure { get; init; }

    /// <summary>Completes when the application wants no further try.</summary>
    internal Task WhenStopped => _stopped.Task;

    /// <summary>
    /// Ends the client in place of this try, as if it had given up: <see cref="ClientClosed"/> follows, with the same
    /// <see cref="Failure"/>. Does nothing when the try has begun.
    /// </summary>
    /// <remarks>
    /// After a refusal (<see cref="ConnectionFailure.IsRefusal"/>) the try waits until handlers have ended, asynchronous ones too, for
    /// <see cref="StarlingClientOptions.ConnectionTimeout"/> at most. Safe to call concurrently.
    /// </remarks>
    public void Stop() => _stopped.TrySetResult();
}

/// <summary><c>starling:closed</c>: the client is closed for good, by itself, by the server, or because it gave up.</summary>
/// <param name="Client">Who.</param>
/// <param name="Code">The close code of its last connection.</param>
/// <param name="Reason">The close reason of its last connection.</param>
public sealed record ClientClosed(StarlingClient Client, int Code, string Reason) : ClientEvent("starling:closed", Client)
{
    /// <summary>Why its last try to connect failed; null when none did.</summary>
    public ConnectionFailure? Failure { get; init; }

    /// <summary>
    /// Whether the server has confirmed that the client has left for good. If not, it keeps the starling for a while, and what it had not
    /// acknowledged is told as <see cref="ClientUnconfirmed"/>.
    /// </summary>
    public bool IsConfirmed { get; init; }
}

/// <summary>
/// <c>starling:unconfirmed</c>: the server has lost its memory of the conversation, or the client has ended, and nobody knows whether these
/// messages reached the server. They are not sent again (docs/protocol.md section 7).
/// </summary>
/// <param name="Client">Who sent them.</param>
/// <param name="Messages">The messages, in the order in which they were sent.</param>
public sealed record ClientUnconfirmed(StarlingClient Client, IReadOnlyList<UnconfirmedMessage> Messages)
    : ClientEvent("starling:unconfirmed", Client);
