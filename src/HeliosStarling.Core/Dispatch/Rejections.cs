using System.Text;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Answers messages that are not handled (docs/protocol.md section 4). A request gets a response, and other messages get an error message.
/// Error messages are not answered. All sessions of one side share it.
/// </summary>
/// <remarks>Stateless. The answers are sent at the end of the reader's batch.</remarks>
internal sealed class Rejections(Engine engine)
{
    private const string ExcessText = "Too many messages";
    private const string ProxyText = "Messages are not passed on to other clients here";

    /// <summary>Answers an invalid message.</summary>
    public void Invalid(Session session, Violation violation)
    {
        if (!violation.IsAnswered) engine.Metrics.Ignored("error");
        else if (!violation.RequestIdText.IsEmpty && IsInFlight(session, violation.RequestIdText.Span))
            Duplicate(session, violation.RequestIdText.Span);
        else Reply(session, engine.Encoder.Violation(violation));
    }

    /// <summary>Answers an acknowledgement of more messages than were sent.</summary>
    public void AckTooHigh(Session session, long received) => Invalid(session, new Violation
    {
        Code = ErrorCodes.ProtocolViolation,
        Message = "The message is not a valid protocol message",
        Faults = [$"received: {received} is more than was sent"],
    });

    /// <summary>Answers a request that has the id of an open one.</summary>
    public void Duplicate(Session session, ReadOnlySpan<byte> requestIdText)
    {
        var id = Encoding.ASCII.GetString(requestIdText);
        Reply(session, engine.Encoder.Error(
            ErrorSeverity.Protocol,
            ErrorCodes.RequestDuplicate,
            "A request with this id is in flight already",
            new ErrorDetails(("requestId", id))));
    }

    /// <summary>Answers a message for another client.</summary>
    public void Proxy(Session session, in Message message)
    {
        if (message.Type == MessageType.Request && IsInFlight(session, message.IdText.Span)) Duplicate(session, message.IdText.Span);
        else Reply(session, message.Type == MessageType.Request
            ? engine.Encoder.Failure(message.IdText.Span, ErrorCodes.ProxyForbidden, ProxyText, default(RawJson))
            : engine.Encoder.Error(ErrorSeverity.Protocol, ErrorCodes.ProxyForbidden, ProxyText, default(RawJson)));
    }

    /// <summary>Answers a request to an unknown method.</summary>
    public void UnknownMethod(Session session, in Message message)
    {
        var name = Encoding.ASCII.GetString(message.Name.Span);
        RequestTelemetry.OfRefusal(session, in message, EngineMetrics.Other, ErrorCodes.MethodNotFound);
        Reply(session, engine.Encoder.Failure(
            message.IdText.Span, ErrorCodes.MethodNotFound, $"Method '{name}' not found", new ErrorDetails(("method", name))));
    }

    /// <summary>Answers a request of a peer that has too many open requests.</summary>
    public void TooManyRequests(Session session, in Message message, MethodEntry method)
    {
        RequestTelemetry.OfRefusal(session, in message, method.Name, ErrorCodes.RequestQueueFull);
        Reply(session, engine.Encoder.Failure(
            message.IdText.Span,
            ErrorCodes.RequestQueueFull,
            session.Budget.LacksMemory(Session.SizeKept(in message)) ? QueueFull.NoMemory : QueueFull.Requests(engine.Lanes.Limits),
            default(RawJson)));
    }

    /// <summary>Answers a message of a peer for which too many handlers of other messages run.</summary>
    public void Busy(Session session) => Reply(session, engine.Encoder.Error(
        ErrorSeverity.Application, ErrorCodes.RequestQueueFull, QueueFull.Messages(engine.Lanes.Limits), default(RawJson)));

    /// <summary>Answers a message that exceeds a rate limit.</summary>
    /// <param name="session">The session that received it.</param>
    /// <param name="status">The kind of content that it has.</param>
    /// <param name="message">The message, if it is a protocol message.</param>
    /// <param name="violation">The violation, if it is invalid.</param>
    /// <param name="excess">The exceeded limit.</param>
    public void Excess(Session session, ReadStatus status, in Message message, Violation? violation, RateExcess excess)
    {
        // An error message is never answered.
        if (violation is { IsAnswered: false } || (status == ReadStatus.Message && message.Type == MessageType.Error))
        {
            engine.Metrics.Ignored("error");
            session.OnExcess();
            return;
        }
        Excess(
            session,
            status == ReadStatus.Message && message.Type == MessageType.Request ? message.IdText : violation?.RequestIdText ?? default,
            excess);
    }

    /// <summary>Answers a message that exceeds a rate limit.</summary>
    /// <param name="session">The session that received it.</param>
    /// <param name="requestId">The id of the request; empty for other messages.</param>
    /// <param name="excess">The exceeded limit.</param>
    public void Excess(Session session, ReadOnlyMemory<byte> requestId, RateExcess excess)
    {
        var details = new ErrorDetails(("limit", excess.Limit), ("reset", excess.Reset));
        Reply(session, requestId.IsEmpty || IsInFlight(session, requestId.Span)
            ? engine.Encoder.Error(ErrorSeverity.Application, ErrorCodes.RateLimitExceeded, ExcessText, details)
            : engine.Encoder.Failure(requestId.Span, ErrorCodes.RateLimitExceeded, ExcessText, details));
        // This comes after the answer, because nothing can be sent after a close frame.
        session.OnExcess();
    }

    /// <summary>Answers a message that was skipped because it is too large or because there is not enough memory now.</summary>
    /// <param name="session">The session that received it.</param>
    /// <param name="requestId">The id of the request; empty for other messages.</param>
    /// <param name="size">The size in bytes.</param>
    public void Unread(Session session, ReadOnlyMemory<byte> requestId, long size)
    {
        if (size > engine.MaxMessageSize) Unread(
            session,
            requestId,
            ErrorCodes.RequestPayloadTooLarge,
            "The message is larger than this side takes",
            new ErrorDetails(("size", size), ("limit", engine.MaxMessageSize)));
        else Unread(session, requestId, ErrorCodes.RequestQueueFull, QueueFull.NoMemory, default(RawJson));
    }

    private void Unread<TDetails>(Session session, ReadOnlyMemory<byte> requestId, string code, string text, TDetails details)
        where TDetails : IJsonBody =>
        Reply(session, !requestId.IsEmpty && !IsInFlight(session, requestId.Span)
            ? engine.Encoder.Failure(requestId.Span, code, text, details)
            : engine.Encoder.Error(ErrorSeverity.Protocol, code, text, details));

    /// <summary>
    /// Determines whether a request with this id is open. A response with this id would then end that request on the side of the peer.
    /// </summary>
    private static bool IsInFlight(Session session, ReadOnlySpan<byte> requestIdText) =>
        Guid.TryParse(requestIdText, out var id) && session.Inbound.TryGet(id, out _);

    private static void Reply(Session session, Frame frame) => session.Send(frame, wake: false);
}
