using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>Registers handlers of messages that are no requests and no notifications, on a server and on a client.</summary>
public static class MessageListenerExtensions
{
    /// <summary>Calls <paramref name="handler"/> for each text message that is neither JSON nor a protocol message.</summary>
    /// <param name="listener">The server or client.</param>
    /// <param name="handler">Starts on the connection's reader, in the order in which messages came, and must not block it. What it throws
    /// is logged.</param>
    /// <returns>Dispose of it to stop listening.</returns>
    /// <remarks>Messages that nobody takes are counted and ignored.</remarks>
    [OverloadResolutionPriority(1)]
    public static IDisposable OnText<TText, TJson, TBinary, TError>(
        this IMessageListener<TText, TJson, TBinary, TError> listener, Func<TText, ValueTask> handler) =>
        Of(listener).Text.Add(handler);

    /// <inheritdoc cref="OnText{TText, TJson, TBinary, TError}(IMessageListener{TText, TJson, TBinary, TError}, Func{TText, ValueTask})"/>
    public static IDisposable OnText<TText, TJson, TBinary, TError>(
        this IMessageListener<TText, TJson, TBinary, TError> listener, Action<TText> handler) =>
        Of(listener).Text.Add(handler);

    /// <summary>Calls <paramref name="handler"/> for each text message that is JSON but no protocol message.</summary>
    /// <inheritdoc cref="OnText{TText, TJson, TBinary, TError}(IMessageListener{TText, TJson, TBinary, TError}, Func{TText, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static IDisposable OnJson<TText, TJson, TBinary, TError>(
        this IMessageListener<TText, TJson, TBinary, TError> listener, Func<TJson, ValueTask> handler) =>
        Of(listener).Json.Add(handler);

    /// <inheritdoc cref="OnJson{TText, TJson, TBinary, TError}(IMessageListener{TText, TJson, TBinary, TError}, Func{TJson, ValueTask})"/>
    public static IDisposable OnJson<TText, TJson, TBinary, TError>(
        this IMessageListener<TText, TJson, TBinary, TError> listener, Action<TJson> handler) =>
        Of(listener).Json.Add(handler);

    /// <summary>Calls <paramref name="handler"/> for each binary message. Its bytes are the application's to keep.</summary>
    /// <inheritdoc cref="OnText{TText, TJson, TBinary, TError}(IMessageListener{TText, TJson, TBinary, TError}, Func{TText, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static IDisposable OnBinary<TText, TJson, TBinary, TError>(
        this IMessageListener<TText, TJson, TBinary, TError> listener, Func<TBinary, ValueTask> handler) =>
        Of(listener).Binary.Add(handler);

    /// <inheritdoc cref="OnBinary{TText, TJson, TBinary, TError}(IMessageListener{TText, TJson, TBinary, TError}, Func{TBinary, ValueTask})"/>
    public static IDisposable OnBinary<TText, TJson, TBinary, TError>(
        this IMessageListener<TText, TJson, TBinary, TError> listener, Action<TBinary> handler) =>
        Of(listener).Binary.Add(handler);

    /// <summary>
    /// Calls <paramref name="handler"/> for each error message that is about no particular request. It is never answered.
    /// </summary>
    /// <inheritdoc cref="OnText{TText, TJson, TBinary, TError}(IMessageListener{TText, TJson, TBinary, TError}, Func{TText, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static IDisposable OnError<TText, TJson, TBinary, TError>(
        this IMessageListener<TText, TJson, TBinary, TError> listener, Func<TError, ValueTask> handler) =>
        Of(listener).Error.Add(handler);

    /// <inheritdoc cref="OnError{TText, TJson, TBinary, TError}(IMessageListener{TText, TJson, TBinary, TError}, Func{TError, ValueTask})"/>
    public static IDisposable OnError<TText, TJson, TBinary, TError>(
        this IMessageListener<TText, TJson, TBinary, TError> listener, Action<TError> handler) =>
        Of(listener).Error.Add(handler);

    private static MessageHandlers<TText, TJson, TBinary, TError> Of<TText, TJson, TBinary, TError>(
        IMessageListener<TText, TJson, TBinary, TError> listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        return listener.Messages;
    }
}
