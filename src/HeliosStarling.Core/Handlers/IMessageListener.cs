namespace HeliosStarling;

/// <summary>
/// Listens to messages that are no requests and no notifications (<see cref="MessageListenerExtensions"/>). A server does, and so does a
/// client. Not for implementation by applications.
/// </summary>
/// <typeparam name="TText">What its handlers are given of a text message.</typeparam>
/// <typeparam name="TJson">What its handlers are given of a text message that is JSON.</typeparam>
/// <typeparam name="TBinary">What its handlers are given of a binary message.</typeparam>
/// <typeparam name="TError">What its handlers are given of an error message.</typeparam>
public interface IMessageListener<TText, TJson, TBinary, TError>
{
    internal MessageHandlers<TText, TJson, TBinary, TError> Messages { get; }
}
