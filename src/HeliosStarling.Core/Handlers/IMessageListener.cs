namespace HeliosStarling;

/// <summary>
/// A server or client that receives messages other than requests and notifications (<see cref="MessageListenerExtensions"/>). Not intended
/// to be implemented by applications.
/// </summary>
/// <typeparam name="TText">The argument of handlers of text messages.</typeparam>
/// <typeparam name="TJson">The argument of handlers of JSON messages.</typeparam>
/// <typeparam name="TBinary">The argument of handlers of binary messages.</typeparam>
/// <typeparam name="TError">The argument of handlers of error messages.</typeparam>
public interface IMessageListener<TText, TJson, TBinary, TError>
{
    internal MessageHandlers<TText, TJson, TBinary, TError> Messages { get; }
}
