using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Sends requests to the peer of a session.</summary>
internal static class SessionRequests
{
    /// <summary>Sends a request to the peer.</summary>
    public static StarlingRequest<TResult> Request<TResult>(
        this Session session, string method, object? payload, RequestOptions? options, CancellationToken cancellationToken) =>
        Request(session, session.Engine.TypeInfo<TResult>(), method, payload, options, cancellationToken);

    /// <summary>Sends a request to the peer. The data of the answer is ignored.</summary>
    public static StarlingRequest Request(
        this Session session, string method, object? payload, RequestOptions? options, CancellationToken cancellationToken) =>
        Request<object?>(session, type: null, method, payload, options, cancellationToken);

    private static StarlingRequest<TResult> Request<TResult>(
        Session session, JsonTypeInfo<TResult>? type, string method, object? payload, RequestOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (!Names.IsMethod(method))
            throw MalformedText.Fault($"Method name '{MalformedText.Excerpt(method)}' is malformed. Use two or more segments joined by ':', such as 'chat:send'.");
        var engine = session.Engine;
        var timeout = options?.Timeout ?? engine.RequestTimeout;
        if (timeout <= TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(
                null, $"Timeout of the request '{method}' is {timeout}; it must be longer than 0, or Timeout.InfiniteTimeSpan.");
        cancellationToken.ThrowIfCancellationRequested();

        var request = new StarlingRequest<TResult>(session, method, type, options?.Retry ?? false);
        var metadata = options?.Metadata is { } value ? JsonSerializer.SerializeToUtf8Bytes(value, engine.TypeInfo(value.GetType())) : [];
        request.Start(
            engine.Encoder.Request(request, new SerializedJson(payload, engine.Types), request.BeginTelemetry(metadata)),
            timeout,
            cancellationToken);
        return request;
    }
}
