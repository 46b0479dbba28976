using System.Runtime.CompilerServices;

namespace HeliosStarling;

public sealed partial class StarlingClient
{
    /// <summary>Offers a method that the server can call.</summary>
    /// <param name="name">Two or more segments joined by ':', such as <c>ui:ask</c>, outside the reserved namespaces (docs/protocol.md section
    /// 3).</param>
    /// <param name="handler">Starts on the connection's reader and moves off it at its first await. What it returns is the answer, what it
    /// throws the failure.</param>
    /// <param name="options">Timeout and metadata. Default none.</param>
    /// <returns>The registration, to take the method away again.</returns>
    /// <exception cref="ArgumentException">The name is malformed, reserved or registered already.</exception>
    /// <exception cref="InvalidOperationException">A parameter or the result cannot be used; the message says which, and what to do.</exception>
    /// <exception cref="ObjectDisposedException">The client has ended.</exception>
    [OverloadResolutionPriority(2)]
    public MethodRegistration Method<T, TResult>(string name, Func<T, ClientRequestContext, ValueTask<TResult>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ClientRequestContext, ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration Method<T, TResult>(string name, Func<T, ClientRequestContext, Task<TResult>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <summary>Offers a method whose answer is streamed.</summary>
    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ClientRequestContext, ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration Method<T, TItem>(string name, Func<T, ClientRequestContext, IAsyncEnumerable<TItem>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ClientRequestContext, ValueTask{TResult}}, MethodOptions?)"/>
    public MethodRegistration Method<T, TResult>(string name, Func<T, ClientRequestContext, TResult> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ClientRequestContext, ValueTask{TResult}}, MethodOptions?)"/>
    public MethodRegistration Method<T>(string name, Action<T, ClientRequestContext> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <summary>Offers a method whose handler takes its payload alone.</summary>
    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ClientRequestContext, ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(2)]
    public MethodRegistration Method<T, TResult>(string name, Func<T, ValueTask<TResult>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.BindAlone);

    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration Method<T, TResult>(string name, Func<T, Task<TResult>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.BindAlone);

    /// <summary>Offers a method whose answer is streamed.</summary>
    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration Method<T, TItem>(string name, Func<T, IAsyncEnumerable<TItem>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.BindAlone);

    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ValueTask{TResult}}, MethodOptions?)"/>
    public MethodRegistration Method<T, TResult>(string name, Func<T, TResult> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.BindAlone);

    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ValueTask{TResult}}, MethodOptions?)"/>
    public MethodRegistration Method<T>(string name, Action<T> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.BindAlone);

    /// <summary>Offers a method that reads its payload and answers through the context.</summary>
    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ClientRequestContext, ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(2)]
    public MethodRegistration Method(string name, Func<ClientRequestContext, ValueTask> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ClientRequestContext, ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(2)]
    public MethodRegistration Method<T>(string name, Func<T, ClientRequestContext, ValueTask> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ClientRequestContext, ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration Method<T>(string name, Func<T, ClientRequestContext, Task> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.Bind);

    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(2)]
    public MethodRegistration Method<T>(string name, Func<T, ValueTask> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.BindAlone);

    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration Method<T>(string name, Func<T, Task> handler, MethodOptions? options = null) =>
        Register(name, handler, options, _binder.BindAlone);

    /// <summary>Offers a method whose handler takes nothing.</summary>
    /// <inheritdoc cref="Method{T, TResult}(string, Func{T, ClientRequestContext, ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(2)]
    public MethodRegistration Method<TResult>(string name, Func<ValueTask<TResult>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, run => _binder.BindAlone<ClientRequestContext, TResult>(_ => run()));

    /// <inheritdoc cref="Method{TResult}(string, Func{ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration Method<TResult>(string name, Func<Task<TResult>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, run => _binder.BindAlone<ClientRequestContext, TResult>(_ => run()));

    /// <inheritdoc cref="Method{TResult}(string, Func{ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration Method<TItem>(string name, Func<IAsyncEnumerable<TItem>> handler, MethodOptions? options = null) =>
        Register(name, handler, options, run => _binder.BindAlone<ClientRequestContext, TItem>(_ => run()));

    /// <inheritdoc cref="Method{TResult}(string, Func{ValueTask{TResult}}, MethodOptions?)"/>
    public MethodRegistration Method<TResult>(string name, Func<TResult> handler, MethodOptions? options = null) =>
        Register(name, handler, options, run => _binder.BindAlone<ClientRequestContext, TResult>(_ => run()));

    /// <inheritdoc cref="Method{TResult}(string, Func{ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(2)]
    public MethodRegistration Method(string name, Func<ValueTask> handler, MethodOptions? options = null) =>
        Register(name, handler, options, run => _binder.BindAlone<ClientRequestContext>(_ => run()));

    /// <inheritdoc cref="Method{TResult}(string, Func{ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(1)]
    public MethodRegistration Method(string name, Func<Task> handler, MethodOptions? options = null) =>
        Register(name, handler, options, run => _binder.BindAlone<ClientRequestContext>(_ => run()));

    /// <inheritdoc cref="Method{TResult}(string, Func{ValueTask{TResult}}, MethodOptions?)"/>
    public MethodRegistration Method(string name, Action handler, MethodOptions? options = null) =>
        Register(name, handler, options, run => _binder.BindAlone<ClientRequestContext>(_ => run()));

    private MethodRegistration Register<THandler>(string name, THandler handler, MethodOptions? options, Func<THandler, BoundHandler> bind)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(handler);
        var bound = HandlerFaults.NameIn($"Method '{name}'", () => bind(handler));
        return Methods.Add(new MethodEntry(name, bound.Run, options ?? new MethodOptions()) { PayloadType = bound.PayloadType, Inline = bound.Inline });
    }
}
