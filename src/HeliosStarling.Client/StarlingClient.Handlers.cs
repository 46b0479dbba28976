using System.Runtime.CompilerServices;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

public sealed partial class StarlingClient
{
    /// <summary>Calls <paramref name="handler"/> for each notification whose topic matches, except those tied to a request.</summary>
    /// <param name="pattern">A topic; <c>*</c> stands for one segment, a final <c>**</c> for the rest.</param>
    /// <param name="handler">Starts on the connection's reader, in the order in which notifications came, and must not block it. What it
    /// throws is logged.</param>
    /// <param name="priority">Handlers of higher priority run first, equal ones in the order of registration. Default 0.</param>
    /// <returns>Dispose of it to stop listening.</returns>
    /// <exception cref="ArgumentException">The pattern is malformed.</exception>
    [OverloadResolutionPriority(1)]
    public IDisposable On<T>(string pattern, Func<T, ValueTask> handler, int priority = 0)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return On<T>(pattern, (data, _) => handler(data), priority);
    }

    /// <inheritdoc cref="On{T}(string, Func{T, ValueTask}, int)"/>
    public IDisposable On<T>(string pattern, Action<T> handler, int priority = 0)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return On<T>(pattern, (data, _) =>
        {
            handler(data);
            return default;
        }, priority);
    }

    /// <summary>
    /// Calls <paramref name="handler"/> with data and topic for each notification whose topic matches, except those tied to a request.
    /// </summary>
    /// <inheritdoc cref="On{T}(string, Func{T, ValueTask}, int)"/>
    [OverloadResolutionPriority(1)]
    public IDisposable On<T>(string pattern, Func<T, string, ValueTask> handler, int priority = 0)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var reader = _engine.ReaderOf<T>();
        return Dispatcher.Topics.Add(pattern, priority, (Session session, string topic, in Message message) =>
        {
            if (reader.TryRead(message.Data, services: null, out var data, out var errors)) return handler(data, topic);
            session.RefuseData(topic, errors);
            return default;
        });
    }

    /// <inheritdoc cref="On{T}(string, Func{T, string, ValueTask}, int)"/>
    public IDisposable On<T>(string pattern, Action<T, string> handler, int priority = 0)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return On<T>(pattern, (data, topic) =>
        {
            handler(data, topic);
            return default;
        }, priority);
    }

    /// <summary>Calls <paramref name="handler"/> with topic and data, whatever they are; data is of kind null when absent.</summary>
    internal IDisposable OnNotification(string pattern, Action<string, JsonElement> handler) =>
        Dispatcher.Topics.Add(pattern, int.MaxValue, (Session _, string topic, in Message message) =>
        {
            handler(topic, Payloads.ReadElement(message.Data));
            return default;
        });

    /// <summary>Offers a method that the server can call.</summary>
    /// <param name="name">Two or more segments joined by ':', such as <c>ui:ask</c>, outside the reserved namespaces (docs/protocol.md section
    /// 3).</param>
    /// <param name="handler">Starts on the connection's reader and moves off it at its first await. What it returns is the answer, what it
    /// throws the failure.</param>
    /// <param name="options">Timeout and metadata. Default none.</param>
    /// <returns>The registration, to take the method away again.</returns>
    /// <exception cref="ArgumentException">The name is malformed, reserved or registered already.</exception>
    /// <exception cref="InvalidOperationException">No JSON metadata describes the payload's or the result's type.</exception>
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

    /// <summary>Calls <paramref name="handler"/> for each text message that is neither JSON nor a protocol message.</summary>
    /// <param name="handler">Starts on the connection's reader, in order, and must not block it. What it throws is logged.</param>
    /// <returns>Dispose of it to stop listening.</returns>
    [OverloadResolutionPriority(1)]
    public IDisposable OnText(Func<string, ValueTask> handler) => TextHandlers.Add(handler);

    /// <inheritdoc cref="OnText(Func{string, ValueTask})"/>
    public IDisposable OnText(Action<string> handler) => TextHandlers.Add(handler);

    /// <summary>Calls <paramref name="handler"/> for each text message that is JSON but no protocol message.</summary>
    /// <inheritdoc cref="OnText(Func{string, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public IDisposable OnJson(Func<JsonElement, ValueTask> handler) => JsonHandlers.Add(handler);

    /// <inheritdoc cref="OnJson(Func{JsonElement, ValueTask})"/>
    public IDisposable OnJson(Action<JsonElement> handler) => JsonHandlers.Add(handler);

    /// <summary>Calls <paramref name="handler"/> for each binary message; the bytes are the application's to keep.</summary>
    /// <inheritdoc cref="OnText(Func{string, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public IDisposable OnBinary(Func<ReadOnlyMemory<byte>, ValueTask> handler) => BinaryHandlers.Add(handler);

    /// <inheritdoc cref="OnBinary(Func{ReadOnlyMemory{byte}, ValueTask})"/>
    public IDisposable OnBinary(Action<ReadOnlyMemory<byte>> handler) => BinaryHandlers.Add(handler);

    /// <summary>Calls <paramref name="handler"/> for each error message of the server that is about no particular request.</summary>
    /// <inheritdoc cref="OnText(Func{string, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public IDisposable OnError(Func<HeliosException, ValueTask> handler) => ErrorHandlers.Add(handler);

    /// <inheritdoc cref="OnError(Func{HeliosException, ValueTask})"/>
    public IDisposable OnError(Action<HeliosException> handler) => ErrorHandlers.Add(handler);

    private MethodRegistration Register<THandler>(string name, THandler handler, MethodOptions? options, Func<THandler, BoundHandler> bind)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(handler);
        var bound = bind(handler);
        return Methods.Add(new MethodEntry(name, bound.Run, options ?? new MethodOptions()) { PayloadType = bound.PayloadType, Inline = bound.Inline });
    }
}
