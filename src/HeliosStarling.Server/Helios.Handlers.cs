using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace HeliosStarling;

public sealed partial class Helios
{
    /// <inheritdoc/>
    [RequiresDynamicCode("Compiles the binding.")]
    [RequiresUnreferencedCode("Looks at the handler's parameters.")]
    internal override BoundHandler BindFree(string name, Delegate handler) =>
        new DelegateBinder(Node, Registry.Binder, name, handler).Bind();

    /// <inheritdoc/>
    [RequiresDynamicCode("Compiles the binding.")]
    [RequiresUnreferencedCode("Looks at the handler's parameters.")]
    internal override TopicRegistration<TopicContext> AddFree(string pattern, Delegate handler, TopicOptions<TopicContext>? options) =>
        HandlerFaults.NameIn($"Topic '{pattern}'", () => new TopicBinder(Node, Registry, pattern, handler).Bind(options));

    /// <summary>
    /// Adds a handler for new starlings. It is called after <c>starling:new</c> and awaited before the starling's first message is handled.
    /// </summary>
    /// <param name="handler">The handler. An exception is logged, the starling is discarded, and the connection is closed with 1011, unless
    /// <see cref="HeliosOptions.IgnoreConnectionHandlerFailures"/> is set. A request to the starling throws, because its client cannot
    /// answer before it is linked. Make the request in a handler of <c>starling:connected</c>.</param>
    /// <returns>The registration. Dispose it to remove the handler.</returns>
    [OverloadResolutionPriority(1)]
    public IDisposable OnConnection(Func<Starling, ValueTask> handler) => Node.ConnectionHandlers.Add(handler);

    /// <inheritdoc cref="OnConnection(Func{Starling, ValueTask})"/>
    public IDisposable OnConnection(Action<Starling> handler) => Node.ConnectionHandlers.Add(handler);

    /// <summary>
    /// Sets the check of sign-in tickets that clients renew with <c>system:renew</c>. It replaces the authentication schemes of the
    /// endpoint.
    /// <c>ListenAsync</c> has no schemes, so clients can renew tickets there only with this check.
    /// </summary>
    /// <param name="check">The check. Its arguments are the starling, the ticket and a token that is cancelled with the request. It returns
    /// the user and expiry of the ticket, or null when the ticket is not valid. When it throws, the ticket is not valid either, and only
    /// the type of the exception is logged. Never log the ticket.</param>
    /// <returns>This server.</returns>
    /// <remarks>
    /// The connection then lives until the new ticket expires, and <see cref="Starling.User"/> has the new claims. A ticket of another user
    /// is refused with <c>AUTH_INVALID_TOKEN</c>, like any invalid ticket.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The check was set already.</exception>
    public Helios OnRenew(Func<Starling, string, CancellationToken, ValueTask<RenewedTicket?>> check)
    {
        ArgumentNullException.ThrowIfNull(check);
        Node.Guard.ThrowIfEnded();
        Renewal.Use(check);
        return this;
    }

    /// <summary>
    /// Adds a handler for starlings that have lost their connection. It is called with the close reason, after
    /// <c>starling:disconnected</c>. The connection does not wait for it.
    /// </summary>
    /// <param name="handler">The handler. An exception is logged.</param>
    /// <returns>The registration. Dispose it to remove the handler.</returns>
    [OverloadResolutionPriority(1)]
    public IDisposable OnDisconnection(Func<Starling, string, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Node.DisconnectionHandlers.Add(ended => handler(ended.Starling, ended.Reason));
    }

    /// <inheritdoc cref="OnDisconnection(Func{Starling, string, ValueTask})"/>
    public IDisposable OnDisconnection(Action<Starling, string> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Node.DisconnectionHandlers.Add(ended => handler(ended.Starling, ended.Reason));
    }

    /// <summary>
    /// Adds a handler for starlings that are recovered. It is called after <c>starling:recovered</c>, when the states are restored.
    /// Messages of the starling may be handled at the same time.
    /// </summary>
    /// <param name="handler">The handler. An exception is logged, and the connection is closed with 1011, unless
    /// <see cref="HeliosOptions.IgnoreConnectionHandlerFailures"/> is set.</param>
    /// <returns>The registration. Dispose it to remove the handler.</returns>
    [OverloadResolutionPriority(1)]
    public IDisposable OnRecovery(Func<Starling, ValueTask> handler) => Node.RecoveryHandlers.Add(handler);

    /// <inheritdoc cref="OnRecovery(Func{Starling, ValueTask})"/>
    public IDisposable OnRecovery(Action<Starling> handler) => Node.RecoveryHandlers.Add(handler);
}
