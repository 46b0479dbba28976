using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// What a method's handler knows of its request, and how it answers. It belongs to this one request, together with the bytes that it shows:
/// it may be kept and read after the handler has ended.
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

    /// <summary>The request's services, got when they are asked for; null where there are none.</summary>
    internal virtual IServiceProvider? LazyRequestServices => null;

    /// <summary>The method's name.</summary>
    public string Method => Request.Method.Name;

    /// <summary>The id that the caller gave the request.</summary>
    public Guid RequestId => Request.Id;

    /// <summary>What the caller sent, raw.</summary>
    public JsonPayload Payload => new(this);

    /// <summary>What traveled beside the payload, untouched; of kind <see cref="JsonValueKind.Null"/> when absent.</summary>
    public JsonElement Metadata => PayloadJson.ReadElement(Request.Payload.Metadata);

    /// <summary>Cancelled when the request times out, its caller cancels, or the starling is gone for good.</summary>
    public CancellationToken CancellationToken => Request.CancellationToken;

    /// <summary>Answers with success and no data.</summary>
    /// <exception cref="InvalidOperationException">The request is answered already.</exception>
    public void Success() => Request.Succeed(default(RawJson), hasReturned: false);

    /// <summary>Answers with success and data.</summary>
    /// <exception cref="InvalidOperationException">The request is answered already.</exception>
    public void Success<T>(T data) => Request.Succeed(new SerializedJson<T>(data, TypeInfo<T>()), hasReturned: false);

    /// <summary>Answers with failure.</summary>
    /// <param name="code">UPPER_SNAKE_CASE, ASCII, at most 63 characters.</param>
    /// <param name="message">A sentence for people; cut to 1,024 characters.</param>
    /// <param name="details">Any JSON-serializable value; null leaves the details out.</param>
    /// <exception cref="ArgumentException">The code is malformed.</exception>
    /// <exception cref="InvalidOperationException">The request is answered already.</exception>
    public void Error(string code, string message, object? details = null)
    {
        var failure = new HeliosException(code, message, details);
        Request.Fail(failure.Code, failure.Message, new SerializedJson(details, Session.Engine.Types));
    }

    /// <summary>Sends the caller a notification tied to this request. Its request object gets it, its topic handlers do not.</summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">What it says.</param>
    /// <returns>Completes when there is room for the next message. <see cref="SendResult.Dropped"/> when the request has timed out or was
    /// cancelled.</returns>
    /// <remarks>Notifications arrive in call order, before the answer.</remarks>
    /// <exception cref="HeliosException">The topic is malformed: <c>VALIDATION_ERROR</c>.</exception>
    /// <exception cref="InvalidOperationException">The request is answered already.</exception>
    /// <exception cref="HeliosException">The message is larger than the caller takes: <c>REQUEST_PAYLOAD_TOO_LARGE</c> with <c>{size,
    /// limit}</c>.</exception>
    public ValueTask<SendResult> NotifyAsync<T>(string topic, T data) =>
        Request.NotifyAsync(topic, new SerializedJson<T>(data, TypeInfo<T>()));

    /// <summary>Reports progress: a notification on the topic <c>progress</c>.</summary>
    /// <inheritdoc cref="NotifyAsync"/>
    public ValueTask<SendResult> ProgressAsync<T>(T data) => NotifyAsync(WireNames.Progress, data);

    /// <summary>Warns the caller without failing: a notification <c>{code, message}</c> on the topic <c>warning</c>.</summary>
    /// <inheritdoc cref="NotifyAsync"/>
    public ValueTask<SendResult> WarnAsync(string code, string message) =>
        Request.NotifyAsync(WireNames.Warning, new ErrorDetails(("code", code), ("message", message)));

    private JsonTypeInfo<T> TypeInfo<T>() => Session.Engine.TypeInfo<T>();
}
