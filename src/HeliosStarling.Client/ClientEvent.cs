namespace HeliosStarling;

/// <summary>An event of a client's connection.</summary>
/// <param name="Name">The name of the event, for example <c>starling:disconnected</c>.</param>
/// <param name="Client">The client.</param>
public abstract record ClientEvent(string Name, StarlingClient Client) : INamedEvent;

/// <summary><c>starling:connected</c>: the client is connected, for the first time or again.</summary>
/// <param name="Client">The client.</param>
public sealed record ClientConnected(StarlingClient Client) : ClientEvent("starling:connected", Client);

/// <summary>
/// <c>starling:recovered</c>: the client is connected again as the same starling. It follows <c>starling:connected</c>.
/// </summary>
/// <param name="Client">The client.</param>
/// <param name="IsContinued">
/// Whether the conversation continues where it was cut. If not, the server has lost its memory of the conversation: pending requests have
/// failed, and messages from the server may be lost (docs/protocol.md section 7, rules 5 to 7).
/// </param>
/// <param name="Missed">The number of messages that the server had to drop meanwhile; null when the server does not know it.</param>
public sealed record ClientRecovered(StarlingClient Client, bool IsContinued, long? Missed) : ClientEvent("starling:recovered", Client);

/// <summary><c>starling:disconnected</c>: the client's connection has ended.</summary>
/// <param name="Client">The client.</param>
/// <param name="Code">The close code; 1006 when the connection was lost without a close frame (RFC 6455 section 7.1.5).</param>
/// <param name="Reason">The close reason; <c>connection lost</c> when there was no close frame.</param>
public sealed record ClientDisconnected(StarlingClient Client, int Code, string Reason) : ClientEvent("starling:disconnected", Client);

/// <summary><c>starling:reconnecting</c>: the client is about to reconnect.</summary>
/// <param name="Client">The client.</param>
/// <param name="Attempt">The number of the attempt, from 1.</param>
/// <param name="Delay">The delay before the attempt.</param>
public sealed record ClientReconnecting(StarlingClient Client, int Attempt, TimeSpan Delay) : ClientEvent("starling:reconnecting", Client)
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Why the previous attempt failed. Before the first attempt, why the connection ended; the
    /// <see cref="ConnectionFailure.CloseCode"/> is 1006 if the connection just broke.
    /// </summary>
    public ConnectionFailure? Failure { get; init; }

    /// <summary>Completes when the application has stopped the client.</summary>
    internal Task WhenStopped => _stopped.Task;

    /// <summary>
    /// Closes the client instead of this attempt, as if it had given up: <see cref="ClientClosed"/> follows with the same
    /// <see cref="Failure"/>. Does nothing when the attempt has begun.
    /// </summary>
    /// <remarks>
    /// After a refusal (<see cref="ConnectionFailure.IsRefusal"/>) the attempt waits for the handlers, including asynchronous ones, at most
    /// <see cref="StarlingClientOptions.ConnectionTimeout"/>. Safe to call concurrently.
    /// </remarks>
    public void Stop() => _stopped.TrySetResult();
}

/// <summary><c>starling:closed</c>: the client is closed for good, by the application, by the server, or because it gave up.</summary>
/// <param name="Client">The client.</param>
/// <param name="Code">The close code of its last connection.</param>
/// <param name="Reason">The close reason of its last connection.</param>
public sealed record ClientClosed(StarlingClient Client, int Code, string Reason) : ClientEvent("starling:closed", Client)
{
    /// <summary>Why the last attempt to connect failed; null when it did not.</summary>
    public ConnectionFailure? Failure { get; init; }

    /// <summary>
    /// Whether the server has confirmed that the client has left for good. If not, the server keeps the starling for a while, and messages
    /// that it had not acknowledged are reported as <see cref="ClientUnconfirmed"/>.
    /// </summary>
    public bool IsConfirmed { get; init; }
}

/// <summary>
/// <c>starling:unconfirmed</c>: it is unknown whether these messages reached the server. Either the server has lost its memory of the
/// conversation, or the client has ended. They are not sent again (docs/protocol.md section 7).
/// </summary>
/// <param name="Client">The client that sent them.</param>
/// <param name="Messages">The messages, in the order in which they were sent.</param>
public sealed record ClientUnconfirmed(StarlingClient Client, IReadOnlyList<UnconfirmedMessage> Messages)
    : ClientEvent("starling:unconfirmed", Client);
