using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace HeliosStarling;

public sealed partial class Helios
{
    /// <inheritdoc/>
    [RequiresDynamicCode("Compiles the binding.")]
    [RequiresUnreferencedCode("Looks at the handler's parameters.")]
    internal override BoundHandler BindFree(string name, Delegate handler) => new DelegateBinder(this, Registry.Binder, name, handler).Bind();

    /// <inheritdoc/>
    [RequiresDynamicCode("Compiles the binding.")]
    [RequiresUnreferencedCode("Looks at the handler's parameters.")]
    internal override TopicRegistration<TopicContext> AddFree(string pattern, Delegate handler, TopicOptions<TopicContext>? options) =>
        HandlerFaults.NameIn($"Topic '{pattern}'", () => new TopicBinder(this, pattern, handler).Bind(options));

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
}
