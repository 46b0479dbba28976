using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>
/// Where an application registers what it handles: methods that the other side calls, and topics that the other side notifies of. A server
/// is one, and so is a client.
/// </summary>
/// <typeparam name="TContext">What handlers of methods know of their request.</typeparam>
/// <typeparam name="TTopicContext">What handlers of topics know of their notification.</typeparam>
/// <typeparam name="TFreeHandler"><see cref="Delegate"/> where handlers may take any parameters in any order, as on a server;
/// <see cref="NoFreeHandler"/> where they may not.</typeparam>
/// <remarks>Safe to use concurrently; handlers may be registered while connections run.</remarks>
public abstract class HandlerHost<TContext, TTopicContext, TFreeHandler>
    where TContext : RequestContextBase
    where TTopicContext : class
    where TFreeHandler : class
{
    internal HandlerHost()
    {
    }

    /// <summary>The methods that the other side can call.</summary>
    public Methods Methods => Registry.Dispatcher.Methods;

    /// <summary>The topics that this side listens to.</summary>
    public Topics Topics => Registry.Dispatcher.Topics;

    internal abstract HandlerRegistry<TContext, TTopicContext> Registry { get; }

    /// <summary>Registers a method whose handler reads its payload and answers through the context.</summary>
    /// <param name="name">Two or more segments joined by ':', such as <c>chat:send</c>, outside the reserved namespaces (docs/protocol.md
    /// section 3).</param>
    /// <param name="handler">Starts on the connection's reader and moves off it at its first await; several run at once. What it returns is
    /// the answer, what it throws the failure.</param>
    /// <param name="options">Timeout, visibility, metadata. Default none.</param>
    /// <returns>The registration, to take the method away again.</returns>
    /// <exception cref="ArgumentException">The name is malformed, reserved or registered already.</exception>
    /// <exception cref="InvalidOperationException">No JSON metadata describes the payload's or the result's type.</exception>
    [OverloadResolutionPriority(2)]
    public MethodRegistration<TContext> Method(string name, Func<TContext, ValueTask> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <summary>Registers a method whose handler reads its payload from the context.</summary>
    /// <inheritdoc cref="Method(string, Func{TContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(2)]
    public MethodRegistration<TContext> Method<TResult>(
        string name, Func<TContext, ValueTask<TResult>> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <summary>
    /// Registers a method with a typed payload. A parameter declared nullable takes a missing one as null; in a trimmed application every
    /// payload is required.
    /// </summary>
    /// <remarks>
    /// In place of the payload a handler of a server may take a service, the <c>Starling</c>, the <c>Helios</c>, the
    /// <see cref="System.Security.Claims.ClaimsPrincipal"/>, the <see cref="IServiceProvider"/> or the <see cref="CancellationToken"/>.
    /// </remarks>
    /// <inheritdoc cref="Method(string, Func{TContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(2)]
    public MethodRegistration<TContext> Method<T>(string name, Func<T, TContext, ValueTask> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <inheritdoc cref="Method{T}(string, Func{T, TContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(2)]
    public MethodRegistration<TContext> Method<T, TResult>(
        string name, Func<T, TContext, ValueTask<TResult>> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <inheritdoc cref="Method{T}(string, Func{T, TContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration<TContext> Method<T>(string name, Func<T, TContext, Task> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <inheritdoc cref="Method{T}(string, Func{T, TContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration<TContext> Method<T, TResult>(
        string name, Func<T, TContext, Task<TResult>> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <summary>
    /// Registers a method whose answer is streamed: each item reaches the caller's request object, then the request succeeds without data.
    /// </summary>
    /// <inheritdoc cref="Method{T}(string, Func{T, TContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration<TContext> Method<T, TItem>(
        string name, Func<T, TContext, IAsyncEnumerable<TItem>> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <inheritdoc cref="Method{T}(string, Func{T, TContext, ValueTask}, MethodOptions?)"/>
    public MethodRegistration<TContext> Method<T, TResult>(
        string name, Func<T, TContext, TResult> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <inheritdoc cref="Method{T}(string, Func{T, TContext, ValueTask}, MethodOptions?)"/>
    public MethodRegistration<TContext> Method<T>(string name, Action<T, TContext> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <summary>
    /// Registers a method whose handler takes its payload alone. A request whose handler ends before its first await is answered without an
    /// allocation by the library. A parameter declared nullable takes a missing payload as null; in a trimmed application every payload is
    /// required.
    /// </summary>
    /// <remarks>
    /// On a server under native AOT it is chosen by its type arguments: <c>Method&lt;ChatMessage, string&gt;("chat:send", chat =&gt;
    /// chat.Message)</c>. Without them the compiler takes <see cref="Method(string, TFreeHandler, MethodOptions?)"/> there, which does the
    /// same by reflection.
    /// </remarks>
    /// <inheritdoc cref="Method{T}(string, Func{T, TContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-2)]
    public MethodRegistration<TContext> Method<T>(string name, Func<T, ValueTask> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.BindAlone);

    /// <inheritdoc cref="Method{T}(string, Func{T, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-2)]
    public MethodRegistration<TContext> Method<T, TResult>(
        string name, Func<T, ValueTask<TResult>> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.BindAlone);

    /// <inheritdoc cref="Method{T}(string, Func{T, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-3)]
    public MethodRegistration<TContext> Method<T>(string name, Func<T, Task> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.BindAlone);

    /// <inheritdoc cref="Method{T}(string, Func{T, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-3)]
    public MethodRegistration<TContext> Method<T, TResult>(string name, Func<T, Task<TResult>> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.BindAlone);

    /// <summary>
    /// Registers a method whose answer is streamed: each item reaches the caller's request object, then the request succeeds without data.
    /// </summary>
    /// <inheritdoc cref="Method{T}(string, Func{T, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-3)]
    public MethodRegistration<TContext> Method<T, TItem>(
        string name, Func<T, IAsyncEnumerable<TItem>> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.BindAlone);

    /// <inheritdoc cref="Method{T}(string, Func{T, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-4)]
    public MethodRegistration<TContext> Method<T, TResult>(string name, Func<T, TResult> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.BindAlone);

    /// <inheritdoc cref="Method{T}(string, Func{T, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-4)]
    public MethodRegistration<TContext> Method<T>(string name, Action<T> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.BindAlone);

    /// <summary>Registers a method whose handler takes nothing.</summary>
    /// <inheritdoc cref="Method(string, Func{TContext, ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-2)]
    public MethodRegistration<TContext> Method(string name, Func<ValueTask> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <inheritdoc cref="Method(string, Func{ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-2)]
    public MethodRegistration<TContext> Method<TResult>(string name, Func<ValueTask<TResult>> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <inheritdoc cref="Method(string, Func{ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-3)]
    public MethodRegistration<TContext> Method(string name, Func<Task> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <inheritdoc cref="Method(string, Func{ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-3)]
    public MethodRegistration<TContext> Method<TResult>(string name, Func<Task<TResult>> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <summary>
    /// Registers a method whose answer is streamed: each item reaches the caller's request object, then the request succeeds without data.
    /// </summary>
    /// <inheritdoc cref="Method(string, Func{ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-3)]
    public MethodRegistration<TContext> Method<TItem>(string name, Func<IAsyncEnumerable<TItem>> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <inheritdoc cref="Method(string, Func{ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-4)]
    public MethodRegistration<TContext> Method<TResult>(string name, Func<TResult> handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <inheritdoc cref="Method(string, Func{ValueTask}, MethodOptions?)"/>
    [OverloadResolutionPriority(-4)]
    public MethodRegistration<TContext> Method(string name, Action handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, Registry.Binder.Bind);

    /// <summary>
    /// Registers a method of a server. Its handler takes any of payload, <c>RequestContext</c>, <c>Starling</c>, <c>Helios</c>,
    /// services, <see cref="System.Security.Claims.ClaimsPrincipal"/> and <see cref="CancellationToken"/>, in any order, and returns
    /// anything. A request without payload is given the default value of the payload's parameter, if it has one. Several plain parameters,
    /// such as
    /// <c>(string user, string text)</c>, are read from the payload's members of those names.
    /// </summary>
    /// <inheritdoc cref="Method(string, Func{TContext, ValueTask}, MethodOptions?)"/>
    [RequiresDynamicCode("Binds the handler's parameters by reflection. Use a typed overload under native AOT, or give the type arguments, as in Method<ChatMessage, string>(…).")]
    [RequiresUnreferencedCode("Binds the handler's parameters by reflection. Use a typed overload in a trimmed application.")]
    [OverloadResolutionPriority(-1)]
    public MethodRegistration<TContext> Method(string name, TFreeHandler handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, free => BindFree(name, free));

    /// <summary>Takes a method away; requests that run already go on.</summary>
    /// <returns>False when there is no such method.</returns>
    /// <exception cref="ArgumentException">The method is built in.</exception>
    public bool Unregister(string method) => Methods.Unregister(method);

    /// <summary>Calls <paramref name="handler"/> for each notification whose topic matches, except those tied to a request.</summary>
    /// <param name="pattern">A topic; <c>*</c> stands for one segment, a final <c>**</c> for the rest.</param>
    /// <param name="handler">Starts on the connection's reader, in the order in which notifications came, and must not block it. What it
    /// throws is logged.</param>
    /// <param name="options">Priority and filter. Default none.</param>
    /// <returns>The registration: dispose of it to stop listening.</returns>
    /// <remarks>Data that cannot be read as <typeparamref name="T"/> is answered with an error message <c>VALIDATION_ERROR</c>.</remarks>
    /// <exception cref="ArgumentException">The pattern is malformed.</exception>
    [OverloadResolutionPriority(1)]
    public TopicRegistration<TTopicContext> On<T>(
        string pattern, Func<T, TTopicContext, ValueTask> handler, TopicOptions<TTopicContext>? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Registry.AddTopic<T>(pattern, handler, handler!, options, takesContext: true);
    }

    /// <inheritdoc cref="On{T}(string, Func{T, TTopicContext, ValueTask}, TopicOptions{TTopicContext}?)"/>
    public TopicRegistration<TTopicContext> On<T>(
        string pattern, Action<T, TTopicContext> handler, TopicOptions<TTopicContext>? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Registry.AddTopic<T>(
            pattern,
            handler,
            (data, context) =>
            {
                handler(data, context!);
                return default;
            },
            options,
            takesContext: true);
    }

    /// <inheritdoc cref="On{T}(string, Func{T, TTopicContext, ValueTask}, TopicOptions{TTopicContext}?)"/>
    [OverloadResolutionPriority(-2)]
    public TopicRegistration<TTopicContext> On<T>(string pattern, Func<T, ValueTask> handler, TopicOptions<TTopicContext>? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Registry.AddTopic<T>(pattern, handler, (data, _) => handler(data), options, takesContext: false);
    }

    /// <inheritdoc cref="On{T}(string, Func{T, TTopicContext, ValueTask}, TopicOptions{TTopicContext}?)"/>
    [OverloadResolutionPriority(-3)]
    public TopicRegistration<TTopicContext> On<T>(string pattern, Action<T> handler, TopicOptions<TTopicContext>? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Registry.AddTopic<T>(
            pattern,
            handler,
            (data, _) =>
            {
                handler(data);
                return default;
            },
            options,
            takesContext: false);
    }

    /// <summary>
    /// Calls <paramref name="handler"/>, which takes nothing, for each notification whose topic matches, except those tied to a request.
    /// </summary>
    /// <inheritdoc cref="On{T}(string, Func{T, TTopicContext, ValueTask}, TopicOptions{TTopicContext}?)" path="/param|/returns|/exception"/>
    [OverloadResolutionPriority(-2)]
    public TopicRegistration<TTopicContext> On(string pattern, Func<ValueTask> handler, TopicOptions<TTopicContext>? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Registry.AddTopic(pattern, handler, options);
    }

    /// <inheritdoc cref="On(string, Func{ValueTask}, TopicOptions{TTopicContext}?)"/>
    [OverloadResolutionPriority(-3)]
    public TopicRegistration<TTopicContext> On(string pattern, Action handler, TopicOptions<TTopicContext>? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return On(
            pattern,
            () =>
            {
                handler();
                return default(ValueTask);
            },
            options);
    }

    /// <summary>
    /// Calls <paramref name="handler"/> of a server for each notification whose topic matches, with any of its data, <c>TopicContext</c>,
    /// <c>Starling</c>,
    /// <c>Helios</c>, services, <see cref="System.Security.Claims.ClaimsPrincipal"/> and <see cref="CancellationToken"/>, in any order.
    /// Several plain parameters, such as
    /// <c>(string user, string text)</c>, are read from the members of those names.
    /// </summary>
    /// <remarks>Services are of a scope of the notification's own, which is disposed of when the handler has ended. What the handler
    /// returns is awaited, if it is a task, and else ignored.</remarks>
    /// <inheritdoc cref="On{T}(string, Func{T, TTopicContext, ValueTask}, TopicOptions{TTopicContext}?)"/>
    /// <exception cref="InvalidOperationException">No JSON metadata describes the data's type, or a service is not registered.</exception>
    [RequiresDynamicCode("Binds the handler's parameters by reflection. Use a typed overload under native AOT.")]
    [RequiresUnreferencedCode("Binds the handler's parameters by reflection. Use a typed overload in a trimmed application.")]
    [OverloadResolutionPriority(-1)]
    public TopicRegistration<TTopicContext> On(string pattern, TFreeHandler handler, TopicOptions<TTopicContext>? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return AddFree(pattern, handler, options);
    }

    /// <summary>Binds a handler that takes its parameters in any order.</summary>
    [RequiresDynamicCode("Compiles the binding.")]
    [RequiresUnreferencedCode("Looks at the handler's parameters.")]
    internal virtual BoundHandler BindFree(string name, TFreeHandler handler) => throw new UnreachableException();

    /// <summary>Registers a topic's handler that takes its parameters in any order.</summary>
    [RequiresDynamicCode("Compiles the binding.")]
    [RequiresUnreferencedCode("Looks at the handler's parameters.")]
    internal virtual TopicRegistration<TTopicContext> AddFree(string pattern, TFreeHandler handler, TopicOptions<TTopicContext>? options) =>
        throw new UnreachableException();
}
