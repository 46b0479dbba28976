using System.Runtime.CompilerServices;

namespace HeliosStarling;

public sealed partial class Helios
{
    /// <summary>Calls <paramref name="handler"/> for each notification whose topic matches, except those tied to a request.</summary>
    /// <param name="pattern">A topic; <c>*</c> stands for one segment, a final <c>**</c> for the rest.</param>
    /// <param name="handler">Starts on the connection's reader, in the order in which notifications came, and must not block it. What it
    /// throws is logged.</param>
    /// <param name="options">Priority and filter. Default none.</param>
    /// <returns>The registration: dispose of it to stop listening.</returns>
    /// <remarks>Data that cannot be read as <typeparamref name="T"/> is answered with an error message <c>VALIDATION_ERROR</c>.</remarks>
    /// <exception cref="ArgumentException">The pattern is malformed.</exception>
    [OverloadResolutionPriority(1)]
    public TopicRegistration On<T>(string pattern, Func<T, TopicContext, ValueTask> handler, TopicOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new TopicRegistration(this, registration =>
            Topics.Add(pattern, options?.Priority ?? 0, new TopicDelivery<T>(registration, handler, options).Deliver));
    }

    /// <inheritdoc cref="On{T}(string, Func{T, TopicContext, ValueTask}, TopicOptions?)"/>
    public TopicRegistration On<T>(string pattern, Action<T, TopicContext> handler, TopicOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return On<T>(pattern, (data, context) =>
        {
            handler(data, context);
            return default;
        }, options);
    }

    /// <summary>
    /// Calls <paramref name="handler"/> for each text message that is neither JSON nor a protocol message. Messages that nobody takes are
    /// counted and ignored.
    /// </summary>
    /// <param name="handler">Starts on the connection's reader, in the order in which messages came, and must not block it. What it throws
    /// is logged.</param>
    /// <returns>Dispose of it to stop listening.</returns>
    [OverloadResolutionPriority(1)]
    public IDisposable OnText(Func<TextContext, ValueTask> handler) => TextHandlers.Add(handler);

    /// <inheritdoc cref="OnText(Func{TextContext, ValueTask})"/>
    public IDisposable OnText(Action<TextContext> handler) => TextHandlers.Add(handler);

    /// <summary>
    /// Calls <paramref name="handler"/> for each text message that is JSON but no protocol message. Messages that nobody takes are counted
    /// and ignored.
    /// </summary>
    /// <inheritdoc cref="OnText(Func{TextContext, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public IDisposable OnJson(Func<JsonContext, ValueTask> handler) => JsonHandlers.Add(handler);

    /// <inheritdoc cref="OnJson(Func{JsonContext, ValueTask})"/>
    public IDisposable OnJson(Action<JsonContext> handler) => JsonHandlers.Add(handler);

    /// <summary>Calls <paramref name="handler"/> for each binary message. Messages that nobody takes are counted and ignored.</summary>
    /// <inheritdoc cref="OnText(Func{TextContext, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public IDisposable OnBinary(Func<BinaryContext, ValueTask> handler) => BinaryHandlers.Add(handler);

    /// <inheritdoc cref="OnBinary(Func{BinaryContext, ValueTask})"/>
    public IDisposable OnBinary(Action<BinaryContext> handler) => BinaryHandlers.Add(handler);

    /// <summary>Calls <paramref name="handler"/> for each error message, which is never answered.</summary>
    /// <inheritdoc cref="OnText(Func{TextContext, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public IDisposable OnError(Func<ErrorContext, ValueTask> handler) => ErrorHandlers.Add(handler);

    /// <inheritdoc cref="OnError(Func{ErrorContext, ValueTask})"/>
    public IDisposable OnError(Action<ErrorContext> handler) => ErrorHandlers.Add(handler);

    /// <summary>
    /// Calls <paramref name="handler"/> for each new starling, after <c>starling:new</c>. It is awaited before the first message is
    /// handled.
    /// </summary>
    /// <param name="handler">What to call. What it throws is logged. It must not await a request to the starling: the answer would be its
    /// first message.</param>
    /// <returns>Dispose of it to stop listening.</returns>
    [OverloadResolutionPriority(1)]
    public IDisposable OnConnection(Func<Starling, ValueTask> handler) => ConnectionHandlers.Add(handler);

    /// <inheritdoc cref="OnConnection(Func{Starling, ValueTask})"/>
    public IDisposable OnConnection(Action<Starling> handler) => ConnectionHandlers.Add(handler);

    /// <summary>
    /// Checks the new sign-in tickets that clients send with <c>system:renew</c>, in place of the endpoint's authentication schemes. Behind
    /// <c>ListenAsync</c>, which knows no schemes, clients renew tickets only with it.
    /// </summary>
    /// <param name="check">Is given the starling, the ticket and a token that is cancelled with the request. Returns the user and expiry of the ticket, or
    /// null when it is not valid. What it throws counts as not valid, and is logged by its type alone: never log the ticket.</param>
    /// <returns>This server.</returns>
    /// <remarks>
    /// The connection then lives until the new ticket ends, and <see cref="Starling.User"/> has its claims. Another user's ticket is refused with
    /// <c>AUTH_INVALID_TOKEN</c>, as every one that is not valid.
    /// </remarks>
    /// <exception cref="InvalidOperationException">It was called already.</exception>
    public Helios OnRenew(Func<Starling, string, CancellationToken, ValueTask<RenewedTicket?>> check)
    {
        ArgumentNullException.ThrowIfNull(check);
        Renewal.Use(check);
        return this;
    }

    /// <summary>
    /// Calls <paramref name="handler"/> with the reason when a starling has lost its connection, after <c>starling:disconnected</c>.
    /// </summary>
    /// <inheritdoc cref="OnConnection(Func{Starling, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public IDisposable OnDisconnection(Func<Starling, string, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return DisconnectionHandlers.Add(ended => handler(ended.Starling, ended.Reason));
    }

    /// <inheritdoc cref="OnDisconnection(Func{Starling, string, ValueTask})"/>
    public IDisposable OnDisconnection(Action<Starling, string> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return DisconnectionHandlers.Add(ended => handler(ended.Starling, ended.Reason));
    }

    /// <summary>
    /// Calls <paramref name="handler"/> when a starling is back: after <c>starling:recovered</c>. States are restored by then; messages may be handled
    /// meanwhile.
    /// </summary>
    /// <param name="handler">What to call. What it throws is logged.</param>
    /// <returns>Dispose of it to stop listening.</returns>
    [OverloadResolutionPriority(1)]
    public IDisposable OnRecovery(Func<Starling, ValueTask> handler) => RecoveryHandlers.Add(handler);

    /// <inheritdoc cref="OnRecovery(Func{Starling, ValueTask})"/>
    public IDisposable OnRecovery(Action<Starling> handler) => RecoveryHandlers.Add(handler);
}
