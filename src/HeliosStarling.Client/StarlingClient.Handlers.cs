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
    /// <exception cref="InvalidOperationException">The data's type cannot be read; the message says what to do.</exception>
    /// <exception cref="ObjectDisposedException">The client has ended.</exception>
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
        var reader = HandlerFaults.NameIn($"Topic '{pattern}'", () => HandlerFaults.NameIn("the handler's data", () => _engine.ReaderOf<T>()));
        return _engine.Topics.Add(pattern, priority, (Session session, string topic, in Message message) =>
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

    /// <summary>Calls <paramref name="handler"/>, which takes no data, for each notification whose topic matches, except those tied to a request.</summary>
    /// <inheritdoc cref="On{T}(string, Func{T, ValueTask}, int)"/>
    [OverloadResolutionPriority(1)]
    public IDisposable On(string pattern, Func<ValueTask> handler, int priority = 0)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return _engine.Topics.Add(pattern, priority, (Session _, string _, in Message _) => handler());
    }

    /// <inheritdoc cref="On(string, Func{ValueTask}, int)"/>
    public IDisposable On(string pattern, Action handler, int priority = 0)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return On(pattern, () =>
        {
            handler();
            return default(ValueTask);
        }, priority);
    }

    /// <summary>Calls <paramref name="handler"/> with topic and data, whatever they are; data is of kind null when absent.</summary>
    internal IDisposable OnNotification(string pattern, Action<string, JsonElement> handler) =>
        _engine.Topics.Add(pattern, int.MaxValue, (Session _, string topic, in Message message) =>
        {
            handler(topic, Payloads.ReadElement(message.Data));
            return default;
        });

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
}
