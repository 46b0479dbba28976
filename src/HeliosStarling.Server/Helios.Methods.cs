using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace HeliosStarling;

public sealed partial class Helios
{
    /// <summary>Registers a method whose handler reads its payload and answers through the context.</summary>
    /// <param name="name">Two or more segments joined by ':', such as <c>chat:send</c>, outside the reserved namespaces (docs/protocol.md
    /// section 3).</param>
    /// <param name="handler">Starts on the connection's reader and moves off it at its first await; several run at once. What it returns is
    /// the answer, what it throws the failure.</param>
    /// <param name="options">Timeout, visibility, metadata. Default none.</param>
    /// <returns>The registration, to take the method away again.</returns>
    /// <exception cref="ArgumentException">The name is malformed, reserved or registered already.</exception>
    /// <exception cref="InvalidOperationException">A parameter or the result cannot be used; the message says which, and what to do.</exception>
    /// <exception cref="ObjectDisposedException">The server has stopped.</exception>
    [OverloadResolutionPriority(2)]
    public MethodRegistration Method(string name, Func<RequestContext, ValueTask> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <summary>Registers a method whose handler reads its payload from the context.</summary>
    /// <inheritdoc cref="Method(string, Func{RequestContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(2)]
    public MethodRegistration Method<TResult>(string name, Func<RequestContext, ValueTask<TResult>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <summary>
    /// Registers a method with a typed payload. A parameter declared nullable takes a missing one as null; in a trimmed application every
    /// payload is required.
    /// </summary>
    /// <remarks>
    /// In place of the payload the handler may take a service, the <see cref="Starling"/>, <see cref="Helios"/>, the
    /// <see cref="System.Security.Claims.ClaimsPrincipal"/>, the <see cref="IServiceProvider"/> or the <see cref="CancellationToken"/>.
    /// </remarks>
    /// <inheritdoc cref="Method(string, Func{RequestContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(2)]
    public MethodRegistration Method<T>(string name, Func<T, RequestContext, ValueTask> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <inheritdoc cref="Method{T}(string, Func{T, RequestContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(2)]
    public MethodRegistration Method<T, TResult>(string name, Func<T, RequestContext, ValueTask<TResult>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <inheritdoc cref="Method{T}(string, Func{T, RequestContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration Method<T>(string name, Func<T, RequestContext, Task> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <inheritdoc cref="Method{T}(string, Func{T, RequestContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration Method<T, TResult>(string name, Func<T, RequestContext, Task<TResult>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <summary>
    /// Registers a method whose answer is streamed: each item reaches the caller's request object, then the request succeeds without data.
    /// </summary>
    /// <inheritdoc cref="Method(string, Func{RequestContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration Method<T, TItem>(string name, Func<T, RequestContext, IAsyncEnumerable<TItem>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <inheritdoc cref="Method{T}(string, Func{T, RequestContext, ValueTask}, MethodOptions?)"/>
    public MethodRegistration Method<T, TResult>(string name, Func<T, RequestContext, TResult> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <inheritdoc cref="Method{T}(string, Func{T, RequestContext, ValueTask}, MethodOptions?)"/>
    public MethodRegistration Method<T>(string name, Action<T, RequestContext> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <summary>
    /// Registers a method whose handler takes its payload alone. A request whose handler ends before its first await is answered without an allocation by the
    /// server. A parameter declared nullable takes a missing payload as null; in a trimmed application every payload is required.
    /// </summary>
    /// <remarks>
    /// Needed under native AOT only, where it is chosen by its type arguments: <c>Method&lt;ChatMessage, string&gt;("chat:send", chat =&gt; chat.Message)</c>. Without them
    /// the compiler takes <see cref="Method(string, Delegate, MethodOptions?)"/>, which does the same by reflection.
    /// </remarks>
    /// <inheritdoc cref="Method{T}(string, Func{T, RequestContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-2)]
    public MethodRegistration Method<T>(string name, Func<T, ValueTask> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.BindAlone);

    /// <inheritdoc cref="Method{T}(string, Func{T, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-2)]
    public MethodRegistration Method<T, TResult>(string name, Func<T, ValueTask<TResult>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.BindAlone);

    /// <inheritdoc cref="Method{T}(string, Func{T, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-3)]
    public MethodRegistration Method<T>(string name, Func<T, Task> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.BindAlone);

    /// <inheritdoc cref="Method{T}(string, Func{T, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-3)]
    public MethodRegistration Method<T, TResult>(string name, Func<T, Task<TResult>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.BindAlone);

    /// <summary>
    /// Registers a method whose answer is streamed: each item reaches the caller's request object, then the request succeeds without data.
    /// </summary>
    /// <inheritdoc cref="Method{T}(string, Func{T, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-3)]
    public MethodRegistration Method<T, TItem>(string name, Func<T, IAsyncEnumerable<TItem>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.BindAlone);

    /// <inheritdoc cref="Method{T}(string, Func{T, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-4)]
    public MethodRegistration Method<T, TResult>(string name, Func<T, TResult> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.BindAlone);

    /// <inheritdoc cref="Method{T}(string, Func{T, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-4)]
    public MethodRegistration Method<T>(string name, Action<T> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.BindAlone);

    /// <summary>
    /// Registers a method whose handler takes any of payload, <see cref="RequestContext"/>, <see cref="Starling"/>, <see cref="Helios"/>,
    /// services, <see cref="System.Security.Claims.ClaimsPrincipal"/> and <see cref="CancellationToken"/>, in any order, and returns
    /// anything. A request without payload is given the default value of the payload's parameter, if it has one. Several plain parameters, such as
    /// <c>(string user, string text)</c>, are read from the payload's members of those names.
    /// </summary>
    /// <inheritdoc cref="Method(string, Func{RequestContext, ValueTask}, MethodOptions?)"/>
    [RequiresDynamicCode("Binds the handler's parameters by reflection. Use a typed overload under native AOT, or give the type arguments, as in Method<ChatMessage, string>(…).")]
    [RequiresUnreferencedCode("Binds the handler's parameters by reflection. Use a typed overload in a trimmed application.")]
    [OverloadResolutionPriority(-1)]
    public MethodRegistration Method(string name, Delegate handler, MethodOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var bound = HandlerFaults.NameIn($"Method '{name}'", new DelegateBinder(this, _binder, name, handler).Bind);
        return Methods.Add(new MethodEntry(name, bound.Run, options ?? new MethodOptions()) { PayloadType = bound.PayloadType, Inline = bound.Inline });
    }

    /// <summary>Takes a method away; requests that run already go on.</summary>
    /// <returns>False when there is no such method.</returns>
    public bool Unregister(string method) => Methods.Unregister(method);

    private MethodRegistration Register<THandler>(string name, THandler handler, MethodOptions? options, Func<THandler, BoundHandler> bind)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(handler);
        var bound = HandlerFaults.NameIn($"Method '{name}'", () => bind(handler));
        return Methods.Add(new MethodEntry(name, bound.Run, options ?? new MethodOptions()) { PayloadType = bound.PayloadType, Inline = bound.Inline });
    }
}
