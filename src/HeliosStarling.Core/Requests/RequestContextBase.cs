using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// What a method's handler knows of its request, and how it answers. Never pooled: used too late it fails instead of reaching another
/// request.
/// </summary>
public abstract class RequestContextBase
{
    private readonly MethodEntry _method;

    internal RequestContextBase(InboundRequest request)
    {
        (Request, Session, _method, RequestId) = (request, request.Session, request.Method, request.Id);
        request.Context = this;
    }

    /// <summary>May serve another request once this one's handler has ended: it is asked with this context, so that it sees whose it is not.</summary>
    internal InboundRequest Request { get; }

    internal Session Session { get; }

    /// <summary>The request's services, got when they are asked for; null where there are none.</summary>
    internal virtual IServiceProvider? LateServices => null;

    /// <summary>The method's name.</summary>
    public string Method => _method.Name;

    /// <summary>The id that the caller gave the request.</summary>
    public Guid RequestId { get; }

    /// <summary>What the caller sent, raw.</summary>
    public JsonPayload Payload => new(this);

    /// <summary>What travelled beside the payload, untouched; of kind <see cref="JsonValueKind.Null"/> when absent.</summary>
    /// <exception cref="InvalidOperationException">The handler has ended.</exception>
    public JsonElement Metadata => Payloads.ReadElement(Request.Keep(this).Metadata);

    /// <summary>Cancelled when the request times out, its caller cancels, or the starling is gone for good.</summary>
    public CancellationToken CancellationToken => Request.CancellationTokenOf(this);

    /// <summary>Answers with success and no data.</summary>
    /// <exception cref="InvalidOperationException">The request is answered already.</exception>
    public void Success() => Request.Succeed(default(RawJson), this);

    /// <summary>Answers with success and data.</summary>
    /// <exception cref="InvalidOperationException">The request is answered already.</exception>
    public void Success<T>(T data) => Request.Succeed(new SerializedJson<T>(data, TypeInfo<T>()), this);

    /// <summary>Answers with failure.</summary>
    /// <param name="code">UPPER_SNAKE_CASE, ASCII, at most 63 characters.</param>
    /// <param name="message">A sentence for people; cut to 1,024 characters.</param>
    /// <param name="details">Any JSON-serializable value; null leaves the details out.</param>
    /// <exception cref="ArgumentException">The code is malformed.</exception>
    /// <exception cref="InvalidOperationException">The request is answered already.</exception>
    public void Error(string code, string message, object? details = null)
    {
        var failure = new HeliosException(code, message, details);
        Request.Fail(failure.Code, failure.Message, new SerializedJson(details, Session.Engine), this);
    }

    /// <summary>Sends the caller a notification tied to this request. Its request object gets it, its topic handlers do not.</summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">What it says.</param>
    /// <returns>Completes when there is room for the next message. <see cref="SendResult.Dropped"/> when the request has timed out or was
    /// cancelled.</returns>
    /// <remarks>Notifications arrive in call order, before the answer.</remarks>
    /// <exception cref="ArgumentException">The topic is malformed.</exception>
    /// <exception cref="InvalidOperationException">The request is answered already.</exception>
    public ValueTask<SendResult> NotifyAsync<T>(string topic, T data) => Request.NotifyAsync(topic, new SerializedJson<T>(data, TypeInfo<T>()), by: this);

    /// <summary>Reports progress: a notification on the topic <c>progress</c>.</summary>
    /// <inheritdoc cref="NotifyAsync"/>
    public ValueTask<SendResult> ProgressAsync<T>(T data) => NotifyAsync("progress", data);

    /// <summary>Warns the caller without failing: a notification <c>{code, message}</c> on the topic <c>warning</c>.</summary>
    /// <inheritdoc cref="NotifyAsync"/>
    public ValueTask<SendResult> WarnAsync(string code, string message) => Request.NotifyAsync("warning", new Details(("code", code), ("message", message)), by: this);

    private JsonTypeInfo<T> TypeInfo<T>() => Session.Engine.TypeInfo<T>();
}
