namespace HeliosStarling;

/// <content>What the server asks of the client, and until when its handlers may go on.</content>
public sealed partial class Starling
{
    /// <summary>Asks the client to run a method of its own. Await the result for its answer.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="payload">Any JSON-serializable value; null leaves the payload out.</param>
    /// <param name="options">Timeout and metadata. Default none.</param>
    /// <param name="cancellationToken">Cancels the request at the client and ends the wait.</param>
    /// <exception cref="HeliosException">The name is malformed: <c>VALIDATION_ERROR</c>.</exception>
    /// <exception cref="InvalidOperationException">The starling's connection waits for the code that asks, such as a handler of
    /// <see cref="Helios.OnConnection(Action{Starling})"/>: its client cannot answer yet. Ask in a handler of <c>starling:connected</c>.</exception>
    public StarlingRequest<TResult> Request<TResult>(string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Greeting.ThrowIfAwaited(this);
        return Session.Request<TResult>(method, payload, options, cancellationToken);
    }

    /// <summary>Asks the client to run a method of its own, whose answer says nothing or is of no interest. Await the result to know that it has succeeded.</summary>
    /// <inheritdoc cref="Request{TResult}(string, object?, RequestOptions?, CancellationToken)"/>
    public StarlingRequest Request(string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Greeting.ThrowIfAwaited(this);
        return Session.Request(method, payload, options, cancellationToken);
    }

    /// <summary>Cancelled when it is forgotten.</summary>
    internal CancellationToken Gone
    {
        get { lock (_lock) return _isGone ? new CancellationToken(canceled: true) : (_gone ??= new CancellationTokenSource()).Token; }
    }
}
