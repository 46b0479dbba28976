using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// The context of a request: its properties, and methods to answer it. The context and its bytes belong only to this request. They may be
/// kept and read after the handler has ended.
/// </summary>
/// <remarks>Safe to use concurrently.</remarks>
public abstract class RequestContextBase
{
    internal RequestContextBase(InboundRequest request)
    {
        Request = request;
        request.Context = this;
    }

    internal InboundRequest Request { get; }

    internal Session Session => Request.Session;

    /// <summary>The services of the request, which are created on first use; null when there are none.</summary>
    internal virtual IServiceProvider? LazyRequestServices => null;

    /// <summary>The name of the method.</summary>
    public string Method => Request.Method.Name;

    /// <summary>The id of the request, which the caller chose.</summary>
    public Guid RequestId => Request.Id;

    /// <summary>The raw payload.</summary>
    public JsonPayload Payload => new(this);

    /// <summary>The metadata that the caller sent, unchanged. An absent one has the kind <see cref="JsonValueKind.Null"/>.</summary>
    public JsonElement Metadata => PayloadJson.ReadElement(Request.Payload.Metadata);

    /// <summary>Cancelled when the request times out, its caller cancels, or the starling is gone for good.</summary>
    public CancellationToken CancellationToken => Request.CancellationToken;

    /// <summary>Answers with success and no data.</summary>
    /// <exception cref="InvalidOperationException">The request is answered already.</exception>
    public void Success() => Request.Succeed(default(RawJson), hasReturned: false);

    /// <summary>Answers with success and data.</summary>
    /// <exception cref="InvalidOperationException">The request is answered already.</exception>
    public void Success<T>(T data) => Request.Succeed(new SerializedJson<T>(data, TypeInfo<T>()), hasReturned: false);

    /// <summary>Answers with an error.</summary>
    /// <param name="code">UPPER_SNAKE_CASE, ASCII, at most 63 characters.</param>
    /// <param name="message">A human-readable message, cut to 1,024 characters.</param>
    /// <param name="details">Any JSON-serializable value; null omits the details.</param>
    /// <exception cref="ArgumentException">The code is malformed.</exception>
    /// <exception cref="InvalidOperationException">The request is answered already.</exception>
    public void Error(string code, string message, object? details = null)
    {
        var failure = new HeliosException(code, message, details);
        Request.Fail(failure.Code, failure.Message, new SerializedJson(details, Session.Engine.Types));
    }

    /// <summary>
    /// Sends the caller a notification that belongs to this request. The caller's request object gets it; the caller's topic handlers do
    /// not.
    /// </summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">The data of the notification.</param>
    /// <returns>A task that completes when there is room for the next message. The result is <see cref="SendResult.Dropped"/> when the
    /// request has timed out or was cancelled.</returns>
    /// <remarks>Notifications arrive in call order, before the answer.</remarks>
    /// <exception cref="HeliosException">The topic is malformed: <c>VALIDATION_ERROR</c>.</exception>
    /// <exception cref="InvalidOperationException">The request is answered already.</exception>
    /// <exception cref="HeliosException">The message exceeds the size limit of the caller: <c>REQUEST_PAYLOAD_TOO_LARGE</c> with
    /// <c>{size, limit}</c>.</exception>
    public ValueTask<SendResult> NotifyAsync<T>(string topic, T data) =>
        Request.NotifyAsync(topic, new SerializedJson<T>(data, TypeInfo<T>()));

    /// <summary>Reports progress with a notification on the topic <c>progress</c>.</summary>
    /// <inheritdoc cref="NotifyAsync"/>
    public ValueTask<SendResult> ProgressAsync<T>(T data) => NotifyAsync(WireNames.Progress, data);

    /// <summary>
    /// Warns the caller without failing the request, with a notification <c>{code, message}</c> on the topic <c>warning</c>.
    /// </summary>
    /// <inheritdoc cref="NotifyAsync"/>
    public ValueTask<SendResult> WarnAsync(string code, string message) =>
        Request.NotifyAsync(WireNames.Warning, new ErrorDetails(("code", code), ("message", message)));

    private JsonTypeInfo<T> TypeInfo<T>() => Session.Engine.TypeInfo<T>();
}
