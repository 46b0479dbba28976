using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Dispatches received messages: requests to methods, notifications to topics, and answers to requests. All sessions of one side share it.
/// It contains the registrations of the application.
/// </summary>
/// <param name="engine">The objects that all sessions share.</param>
/// <param name="guard">Rejects handlers that are registered too late. Default: none.</param>
/// <param name="services">Provides services for validators of methods and topics. Default: none.</param>
/// <remarks>One reader at a time receives the messages of a session, in order. All other members are safe to call concurrently.</remarks>
internal sealed class Dispatcher(Engine engine, RegistrationGuard? guard = null, IServiceProvider? services = null)
{
    private readonly Rejections _rejections = new(engine);

    public Engine Engine => engine;

    /// <summary>The methods that peers may call.</summary>
    public Methods Methods { get; } = new() { Guard = guard, Services = services };

    /// <summary>The topics that the application listens to.</summary>
    public Topics Topics { get; } = new() { Guard = guard };

    /// <summary>The filters around the handlers of all methods.</summary>
    public AppendList<Func<InboundRequest, Func<ValueTask>, ValueTask>> Filters { get; } = new();

    /// <summary>Processes a complete text message. Its memory is valid only during the call.</summary>
    /// <param name="session">The session that received it.</param>
    /// <param name="from">The connection that received it. Messages from a connection that is not linked any more are discarded.</param>
    /// <param name="utf8">The message.</param>
    public void ReceiveText(Session session, Connection from, ReadOnlyMemory<byte> utf8)
    {
        using var ambient = AmbientState.Keep();
        var status = MessageReader.Read(utf8, out var message, out var violation);
        Receive(session, from, utf8, status, in message, violation);
    }

    /// <summary>Processes a complete binary message. Its memory is valid only during the call.</summary>
    public void ReceiveBinary(Session session, Connection from, ReadOnlyMemory<byte> data)
    {
        using var ambient = AmbientState.Keep();
        engine.Metrics.Received(MessageKind.Binary, data.Length);
        if (!session.Ledger.TryCount(from, data.Length)) return;
        if (!session.TryAdmit(out var excess)) _rejections.Excess(session, default, excess);
        else if (!session.Budget.HasRoomForHandler(data.Length)) _rejections.Busy(session);
        else
        {
            session.Reader.Enter("OnBinary");
            session.OnBinary(data);
            session.Reader.Leave();
        }
    }

    /// <summary>
    /// Answers a message that was skipped because it exceeds the size limit (docs/protocol.md section 4) or because there is not enough
    /// memory now.
    /// </summary>
    /// <param name="session">The session that received it.</param>
    /// <param name="from">The connection that received it.</param>
    /// <param name="start">The first bytes.</param>
    /// <param name="size">The size in bytes.</param>
    /// <param name="isText">Whether it was a text message, and so may have been a request.</param>
    public void ReceiveTooLarge(Session session, Connection from, ReadOnlyMemory<byte> start, long size, bool isText)
    {
        using var ambient = AmbientState.Keep();
        engine.Metrics.Received(MessageKind.TooLarge, size);
        if (!session.Ledger.TryCount(from, size)) return;
        ReadOnlyMemory<byte> requestId = default;
        if (isText && MessageReader.TryFindRequestId(start, out var type, out requestId)
            && (FailUnread(session, type, requestId, size) || type is not (null or MessageType.Request))) requestId = default;
        if (!session.TryAdmit(out var excess)) _rejections.Excess(session, requestId, excess);
        else _rejections.Unread(session, requestId, size);
    }

    /// <summary>
    /// Counts a message that caused the reader to close the connection (rule 1). Otherwise, the peer would send it again after each
    /// reconnect. If it was an answer that is too large, its request fails.
    /// </summary>
    /// <param name="session">The session that received it.</param>
    /// <param name="from">The connection that received it.</param>
    /// <param name="start">The first bytes, if it was too large; otherwise empty.</param>
    /// <param name="size">The size, or the number of bytes that were received.</param>
    public void CountFaulty(Session session, Connection from, ReadOnlyMemory<byte> start, long size)
    {
        if (session.Ledger.TryCount(from, 0) && !start.IsEmpty && MessageReader.TryFindRequestId(start, out var type, out var requestId))
            FailUnread(session, type, requestId, size);
    }

    private void Receive(
        Session session, Connection from, ReadOnlyMemory<byte> utf8, ReadStatus status, in Message message, Violation? violation)
    {
        engine.Metrics.Received(MessageKinds.Of(status, in message), utf8.Length);
        var isCounted = status != ReadStatus.Message || message.Type is not (MessageType.Ack or MessageType.Ping);
        if (violation is { IsAckOrPing: true } ? session.Connection != from : isCounted
            && !session.Ledger.TryCount(from, utf8.Length, status == ReadStatus.Message ? session.Weigh(in message) : 1)) return;
        // This comes before all limits, so that the waiting request fails in any case.
        if (violation is not null) BadAnswers.Fail(session, violation);
        else if (!message.Peer.IsEmpty) BadAnswers.FailForwarded(session, in message);
        if (IsMetered(session, status, in message) && !session.TryAdmit(out var excess))
        {
            _rejections.Excess(session, status, in message, violation, excess);
            return;
        }
        switch (status)
        {
            case ReadStatus.Message when !isCounted:
                Control(session, from, in message);
                break;
            case ReadStatus.Message:
                Dispatch(session, in message);
                break;
            case ReadStatus.Json or ReadStatus.Text when !session.Budget.HasRoomForHandler(utf8.Length):
                _rejections.Busy(session);
                break;
            case ReadStatus.Json:
                session.Reader.Enter("OnJson");
                session.OnJson(utf8);
                session.Reader.Leave();
                break;
            case ReadStatus.Text:
                session.Reader.Enter("OnText");
                session.OnText(utf8);
                session.Reader.Leave();
                break;
            default:
                _rejections.Invalid(session, violation!);
                break;
        }
    }

    /// <summary>
    /// Determines whether a message counts for rate limits. Answers to requests of this side do not count. Acknowledgements are counted
    /// later, and only when they acknowledge nothing.
    /// </summary>
    private static bool IsMetered(Session session, ReadStatus status, in Message message) =>
        status != ReadStatus.Message
        || !message.Peer.IsEmpty
        || !(message.Type == MessageType.Ack || (message.Type == MessageType.Response && session.Outbound.TryGet(message.Id, out _)));

    private void Dispatch(Session session, in Message message)
    {
        if (!message.Peer.IsEmpty && message.Type != MessageType.Error)
        {
            _rejections.Proxy(session, in message);
            return;
        }
        switch (message.Type)
        {
            case MessageType.Request:
                StartRequest(session, in message);
                break;
            case MessageType.Response:
                session.OnRequestEnded(message.Id);
                if (session.Outbound.TryGet(message.Id, out var answered)) answered.Complete(in message);
                else engine.Metrics.Ignored("response");
                break;
            case MessageType.Notification:
                Notify(session, in message);
                break;
            default:
                // An error message is never answered (docs/protocol.md section 4).
                if (session.Budget.HasRoomForHandler(Session.SizeKept(in message))) session.OnError(in message);
                else engine.Metrics.Ignored("error");
                break;
        }
    }

    private void StartRequest(Session session, in Message message)
    {
        // Only the reader starts requests. So no other request with this id can start in the meantime.
        if (session.Inbound.TryGet(message.Id, out _)) _rejections.Duplicate(session, message.IdText.Span);
        else if (!Methods.TryGet(message.Name.Span, out var method)) _rejections.UnknownMethod(session, in message);
        else if (!session.Budget.HasRoomForRequest(Session.SizeKept(in message))) _rejections.TooManyRequests(session, in message, method);
        else
        {
            session.Reader.Enter(method.Name);
            if (!TryRunInline(session, method, in message))
                new InboundRequest(
                    session, method, in message, RequestPayload.CopyOf(in message), MethodPipeline.Of(method, Filters)).Run.Begin();
            session.Reader.Leave();
        }
    }

    /// <summary>
    /// Runs a handler without a request object. Returns false when there is none, when the request may have to wait, or when it is measured
    /// or traced.
    /// </summary>
    private bool TryRunInline(Session session, MethodEntry method, in Message message)
    {
        if (method.InlineOrNull(Filters) is not { } inline || engine.Metrics.MeasuresInboundRequests || Traces.HasListeners) return false;
        if (!engine.Lanes.Pool.HasPlaceFor(session.Budget.PoolQuota)) return false;
        if (inline.Run(session, method, in message) is { } answer) session.Send(answer, wake: false);
        return true;
    }

    private void Notify(Session session, in Message message)
    {
        if (!message.IdText.IsEmpty)
        {
            NotifyRequest(session, in message);
            return;
        }
        var match = Topics.Index.Find(message.Name.Span);
        if (match.Subscriptions.Length == 0) engine.Metrics.Ignored("notification");
        else if (!session.Budget.HasRoomForHandler(Session.SizeKept(in message)))
        {
            _rejections.Busy(session);
            return;
        }
        foreach (var subscription in match.Subscriptions) Deliver(session, subscription, match.Topic, in message);
    }

    private void NotifyRequest(Session session, in Message message)
    {
        if (message.Name.Span.SequenceEqual(WireNames.CancelUtf8))
        {
            if (session.Inbound.TryGet(message.Id, out var running)) running.Cancel(ReadReason(message.Data));
            else engine.Metrics.Ignored("notification");
        }
        else if (session.Outbound.TryGet(message.Id, out var asked))
        {
            session.Reader.Enter("OnNotification");
            asked.Notify(in message);
            session.Reader.Leave();
        }
        else engine.Metrics.Ignored("notification");
    }

    private void Deliver(Session session, Subscription subscription, string topic, in Message message)
    {
        session.Reader.Enter(topic);
        try
        {
            session.RunDetached(subscription.Handler(session, topic, in message), topic, Session.SizeKept(in message));
        }
        catch (Exception exception)
        {
            engine.HandlerLog.ListenerFailed(topic, exception);
        }
        session.Reader.Leave();
    }

    private void Control(Session session, Connection from, in Message message)
    {
        if (session.Connection != from) return;
        if (!message.Peer.IsEmpty) _rejections.Proxy(session, in message);
        else if (message.Type == MessageType.Ack) TakeAck(session, from, in message);
        else AnswerPing(session, from, in message);
    }

    private void TakeAck(Session session, Connection from, in Message message)
    {
        var result = AckResult.Ignored;
        var received = message.Received ?? 0;
        if (message.Received is null) engine.Metrics.Ignored("ack");
        else result = session.Ledger.TakeAck(from, received);
        // An acknowledgement that acknowledges nothing counts for rate limits like any other message.
        if (result != AckResult.Applied && !session.TryAdmit(out var excess)) _rejections.Excess(session, default, excess);
        else if (result == AckResult.TooHigh) _rejections.AckTooHigh(session, received);
    }

    /// <summary>
    /// Answers a ping. Closes the connection when the peer sends pings but does not read the answers, so that the answers do not
    /// accumulate.
    /// </summary>
    private void AnswerPing(Session session, Connection from, in Message ping)
    {
        var ledger = session.Ledger;
        if (!session.Outbox.EnqueueAhead(from, engine.Encoder.Ack(ping.IdText.Span, ledger.Epoch is null ? null : ledger.Received)))
            from.BeginClose(CloseCode.TooSlow, "answers to pings are not read");
        else if (session.Outbox.IsHalfFull) from.Wake();
    }

    /// <summary>Fails the request to which a skipped message belongs, if there is one.</summary>
    private bool FailUnread(Session session, MessageType? type, ReadOnlyMemory<byte> requestId, long size) => BadAnswers.TryFail(
        session, type, requestId, size > engine.MaxMessageSize
            ? TooLarge.ToRead(size, engine.MaxMessageSize)
            : new HeliosException(ErrorCodes.RequestQueueFull, QueueFull.NoMemory));

    private static string? ReadReason(ReadOnlyMemory<byte> data)
    {
        // Utf8JsonReader throws for empty input.
        if (data.IsEmpty) return null;
        var reader = new Utf8JsonReader(data.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? reason = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isReason = reader.ValueTextEquals("reason"u8);
            reader.Read();
            if (isReason && reader.TokenType == JsonTokenType.String) reason = PayloadJson.ReadText(ref reader);
            reader.Skip();
        }
        return reason;
    }
}
