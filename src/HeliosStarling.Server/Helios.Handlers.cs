using System.Diagnostics.CodeAnalysis;
using System.Reflection;
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
    /// <exception cref="ObjectDisposedException">The server has stopped.</exception>
    [OverloadResolutionPriority(1)]
    public TopicRegistration On<T>(string pattern, Func<T, TopicContext, ValueTask> handler, TopicOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Register(pattern, handler.Method.GetParameters()[^2], handler, options);
    }

    /// <summary>
    /// Calls <paramref name="handler"/> for each notification whose topic matches, with any of its data, <see cref="TopicContext"/>, <see cref="Starling"/>,
    /// <see cref="Helios"/>, services, <see cref="System.Security.Claims.ClaimsPrincipal"/> and <see cref="CancellationToken"/>, in any order. Several plain parameters, such as
    /// <c>(string user, string text)</c>, are read from the members of those names.
    /// </summary>
    /// <remarks>Services are of a scope of the notification's own, which is disposed of when the handler has ended. What the handler returns is awaited, if it is a
    /// task, and else ignored.</remarks>
    /// <inheritdoc cref="On{T}(string, Func{T, TopicContext, ValueTask}, TopicOptions?)"/>
    /// <exception cref="InvalidOperationException">No JSON metadata describes the data's type, or a service is not registered.</exception>
    [RequiresDynamicCode("Binds the handler's parameters by reflection. Use a typed overload under native AOT.")]
    [RequiresUnreferencedCode("Binds the handler's parameters by reflection. Use a typed overload in a trimmed application.")]
    [OverloadResolutionPriority(-1)]
    public TopicRegistration On(string pattern, Delegate handler, TopicOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return HandlerFaults.NameIn($"Topic '{pattern}'", () => new TopicBinder(this, pattern, handler).Bind(options));
    }

    /// <inheritdoc cref="On{T}(string, Func{T, TopicContext, ValueTask}, TopicOptions?)"/>
    public TopicRegistration On<T>(string pattern, Action<T, TopicContext> handler, TopicOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Register<T>(pattern, handler.Method.GetParameters()[^2], (data, context) =>
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
    /// <param name="handler">What to call. When it throws, that is logged, no starling is made and the connection is closed with 1011, unless
    /// <see cref="HeliosOptions.IgnoreConnectionHandlerFailures"/> is set. A request to the starling throws: its client cannot answer before it is linked. Make it
    /// in a handler of <c>starling:connected</c>.</param>
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
        Guard.ThrowIfEnded();
        Renewal.Use(check);
        return this;
    }

    /// <summary>
    /// Calls <paramref name="handler"/> with the reason when a starling has lost its connection, after <c>starling:disconnected</c>. The connection does not wait for it.
    /// </summary>
    /// <param name="handler">What to call. What it throws is logged.</param>
    /// <returns>Dispose of it to stop listening.</returns>
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
    /// <param name="handler">What to call. When it throws, that is logged and the connection is closed with 1011, unless
    /// <see cref="HeliosOptions.IgnoreConnectionHandlerFailures"/> is set.</param>
    /// <returns>Dispose of it to stop listening.</returns>
    [OverloadResolutionPriority(1)]
    public IDisposable OnRecovery(Func<Starling, ValueTask> handler) => RecoveryHandlers.Add(handler);

    /// <inheritdoc cref="OnRecovery(Func{Starling, ValueTask})"/>
    public IDisposable OnRecovery(Action<Starling> handler) => RecoveryHandlers.Add(handler);

    private TopicRegistration Register<T>(string pattern, ParameterInfo parameter, Func<T, TopicContext, ValueTask> handler, TopicOptions? options)
    {
        var reader = HandlerFaults.NameIn($"Topic '{pattern}'", () => HandlerFaults.NameIn(parameter, () => Engine.ReaderOf<T>()));
        DataReader<T> read = (ReadOnlyMemory<byte> data, [MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out IReadOnlyList<ValidationError>? errors) =>
            reader.TryRead(data, services: null, out value, out errors);
        return new TopicRegistration(this, registration => Topics.Add(pattern, options?.Priority ?? 0, new TopicDelivery<T>(registration, read, handler, options).Deliver));
    }
}
