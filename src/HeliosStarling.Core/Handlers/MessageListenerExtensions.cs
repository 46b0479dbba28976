using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>Registers handlers of messages other than requests and notifications, on a server or a client.</summary>
public static class MessageListenerExtensions
{
    /// <summary>Calls <paramref name="handler"/> for each text message that is neither JSON nor a protocol message.</summary>
    /// <param name="listener">The server or client.</param>
    /// <param name="handler">Starts on the connection's reader, in the order of the messages, and must not block it. Its exceptions are
    /// logged.</param>
    /// <returns>An object to dispose of to remove the handler.</returns>
    /// <remarks>Messages without a handler are counted and ignored.</remarks>
    [OverloadResolutionPriority(1)]
    public static IDisposable OnText<TText, TJson, TBinary, TError>(
        this IMessageListener<TText, TJson, TBinary, TError> listener, Func<TText, ValueTask> handler) =>
        Of(listener).Text.Add(handler);

    /// <inheritdoc cref="OnText{TText, TJson, TBinary, TError}(IMessageListener{TText, TJson, TBinary, TError}, Func{TText, ValueTask})"/>
    public static IDisposable OnText<TText, TJson, TBinary, TError>(
        this IMessageListener<TText, TJson, TBinary, TError> listener, Action<TText> handler) =>
        Of(listener).Text.Add(handler);

    /// <summary>Calls <paramref name="handler"/> for each text message that is JSON but not a protocol message.</summary>
    /// <inheritdoc cref="OnText{TText, TJson, TBinary, TError}(IMessageListener{TText, TJson, TBinary, TError}, Func{TText, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static IDisposable OnJson<TText, TJson, TBinary, TError>(
        this IMessageListener<TText, TJson, TBinary, TError> listener, Func<TJson, ValueTask> handler) =>
        Of(listener).Json.Add(handler);

    /// <inheritdoc cref="OnJson{TText, TJson, TBinary, TError}(IMessageListener{TText, TJson, TBinary, TError}, Func{TJson, ValueTask})"/>
    public static IDisposable OnJson<TText, TJson, TBinary, TError>(
        this IMessageListener<TText, TJson, TBinary, TError> listener, Action<TJson> handler) =>
        Of(listener).Json.Add(handler);

    /// <summary>Calls <paramref name="handler"/> for each binary message. The application may keep the bytes.</summary>
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
    /// Calls <paramref name="handler"/> for each error message that does not belong to a request. Error messages are never answered.
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
