using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>
/// The base class of servers and clients. Applications use it to register methods that the other side can call, and handlers of topics.
/// </summary>
/// <typeparam name="TContext">The context type of method handlers.</typeparam>
/// <typeparam name="TTopicContext">The context type of topic handlers.</typeparam>
/// <typeparam name="TFreeHandler"><see cref="Delegate"/> on a server, where handlers may have any parameters in any order;
/// <see cref="NoFreeHandler"/> on a client, where they may not.</typeparam>
/// <remarks>Safe to use concurrently. Handlers may be registered while there are connections.</remarks>
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
    /// <param name="handler">Starts on the connection's reader and leaves it at its first await. Several calls may run at once. Its result
    /// is the answer, and its exception is the error of the request.</param>
    /// <param name="options">Timeout, visibility and metadata. Default: none.</param>
    /// <returns>The registration, with which the method can be removed.</returns>
    /// <exception cref="ArgumentException">The name is malformed, reserved or registered already.</exception>
    /// <exception cref="InvalidOperationException">There is no JSON metadata for the type of the payload or the result.</exception>
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
    /// Registers a method with a typed payload. A nullable parameter gets null for a missing payload. In a trimmed application, every
    /// payload is required.
    /// </summary>
    /// <remarks>
    /// Instead of the payload, a handler on a server may take a service, the <c>Starling</c>, the <c>Helios</c>, the
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
    /// Registers a method with a streamed answer: each item is sent to the caller's request object, and then the request succeeds without
    /// data.
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
    /// Registers a method whose handler takes only the payload. If the handler ends before its first await, the library allocates nothing
    /// for the request. A nullable parameter gets null for a missing payload. In a trimmed application, every payload is required.
    /// </summary>
    /// <remarks>
    /// On a server with native AOT, select this overload with type arguments:
    /// <c>Method&lt;ChatMessage, string&gt;("chat:send", chat =&gt; chat.Message)</c>. Without them, the compiler selects
    /// <see cref="Method(string, TFreeHandler, MethodOptions?)"/>, which does the same with reflection.
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
    /// Registers a method with a streamed answer: each item is sent to the caller's request object, and then the request succeeds without
    /// data.
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

    /// <summary>Registers a method whose handler has no parameters.</summary>
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
    /// Registers a method with a streamed answer: each item is sent to the caller's request object, and then the request succeeds without
    /// data.
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
    /// Registers a method on a server. Its handler may take the payload, <c>RequestContext</c>, <c>Starling</c>, <c>Helios</c>, services,
    /// <see cref="System.Security.Claims.ClaimsPrincipal"/> and <see cref="CancellationToken"/> in any order, and may return any type. If
    /// the payload is missing, the default value of its parameter is used, if it has one. Several plain parameters, such as
    /// <c>(string user, string text)</c>, are read from the members of the payload with the same names.
    /// </summary>
    /// <inheritdoc cref="Method(string, Func{TContext, ValueTask}, MethodOptions?)"/>
    [RequiresDynamicCode("Binds the handler's parameters by reflection. Use a typed overload under native AOT, or give the type arguments, as in Method<ChatMessage, string>(…).")]
    [RequiresUnreferencedCode("Binds the handler's parameters by reflection. Use a typed overload in a trimmed application.")]
    [OverloadResolutionPriority(-1)]
    public MethodRegistration<TContext> Method(string name, TFreeHandler handler, MethodOptions? options = null) =>
        Registry.AddMethod(name, handler, options, free => BindFree(name, free));

    /// <summary>Removes a method. Running requests continue.</summary>
    /// <returns>False when the method does not exist.</returns>
    /// <exception cref="ArgumentException">The method is built in.</exception>
    public bool Unregister(string method) => Methods.Unregister(method);

    /// <summary>
    /// Calls <paramref name="handler"/> for each notification whose topic matches, except those that belong to a request.
    /// </summary>
    /// <param name="pattern">A topic in which <c>*</c> matches one segment and a final <c>**</c> matches the rest.</param>
    /// <param name="handler">Starts on the connection's reader, in the order of the notifications, and must not block it. Its exceptions
    /// are logged.</param>
    /// <param name="options">Priority and filter. Default: none.</param>
    /// <returns>The registration. Dispose of it to remove the handler.</returns>
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
    /// Calls <paramref name="handler"/>, which has no parameters, for each notification whose topic matches, except those that belong to a
    /// request.
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
    /// Calls <paramref name="handler"/> on a server for each notification whose topic matches, except those that belong to a request. The
    /// handler may take the data, <c>TopicContext</c>, <c>Starling</c>, <c>Helios</c>, services,
    /// <see cref="System.Security.Claims.ClaimsPrincipal"/> and <see cref="CancellationToken"/> in any order. Several plain parameters,
    /// such as <c>(string user, string text)</c>, are read from the members of the data with the same names.
    /// </summary>
    /// <remarks>
    /// Each notification has its own service scope, which is disposed of when the handler has ended. If the handler returns a task, it is
    /// awaited. Other results are ignored.
    /// </remarks>
    /// <inheritdoc cref="On{T}(string, Func{T, TTopicContext, ValueTask}, TopicOptions{TTopicContext}?)"/>
    /// <exception cref="InvalidOperationException">There is no JSON metadata for the type of the data, or a service is not
    /// registered.</exception>
    [RequiresDynamicCode("Binds the handler's parameters by reflection. Use a typed overload under native AOT.")]
    [RequiresUnreferencedCode("Binds the handler's parameters by reflection. Use a typed overload in a trimmed application.")]
    [OverloadResolutionPriority(-1)]
    public TopicRegistration<TTopicContext> On(string pattern, TFreeHandler handler, TopicOptions<TTopicContext>? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return AddFree(pattern, handler, options);
    }

    /// <summary>Binds a handler with parameters in any order.</summary>
    [RequiresDynamicCode("Compiles the binding.")]
    [RequiresUnreferencedCode("Looks at the handler's parameters.")]
    internal virtual BoundHandler BindFree(string name, TFreeHandler handler) => throw new UnreachableException();

    /// <summary>Registers a topic handler with parameters in any order.</summary>
    [RequiresDynamicCode("Compiles the binding.")]
    [RequiresUnreferencedCode("Looks at the handler's parameters.")]
    internal virtual TopicRegistration<TTopicContext> AddFree(string pattern, TFreeHandler handler, TopicOptions<TTopicContext>? options) =>
        throw new UnreachableException();
}
