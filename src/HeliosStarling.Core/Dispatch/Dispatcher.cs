using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Takes each message that comes to its place: a request to its method, a notification to its topic, an answer to its request. One for all
/// sessions of a side; it has what the application has registered.
/// </summary>
/// <param name="engine">What all sessions share.</param>
/// <param name="guard">Refuses handlers that come too late. Default none.</param>
/// <param name="services">Where validators of methods and topics find services. Default nowhere.</param>
/// <remarks>The messages of one session come from one reader at a time, in order; everything else is safe to call concurrently.</remarks>
internal sealed class Dispatcher(Engine engine, RegistrationGuard? guard = null, IServiceProvider? services = null)
{
    private readonly Rejections _rejections = new(engine);

    public Engine Engine => engine;

    /// <summary>What peers may call.</summary>
    public Methods Methods { get; } = new() { Guard = guard, Services = services };

    /// <summary>Where notifications go.</summary>
    public Topics Topics { get; } = new() { Guard = guard };

    /// <summary>What runs around every method's handler.</summary>
    public AppendList<Func<InboundRequest, Func<ValueTask>, ValueTask>> Filters { get; } = new();

    /// <summary>Takes a complete text message, whose memory is valid during the call.</summary>
    /// <param name="session">Whose peer sent it.</param>
    /// <param name="from">Where it came; what comes from a connection that is not linked any more is thrown away.</param>
    /// <param name="utf8">The message.</param>
    public void ReceiveText(Session session, Connection from, ReadOnlyMemory<byte> utf8)
    {
        using var ambient = AmbientState.Keep();
        var status = MessageReader.Read(utf8, out var message, out var violation);
        Receive(session, from, utf8, status, in message, violation);
    }

    /// <summary>Takes a complete binary message, whose memory is valid during the call.</summary>
    public void ReceiveBinary(Session session, Connection from, ReadOnlyMemory<byte> data)
    {
        using var ambient = AmbientState.Keep();
        engine.Metrics.Received(MessageKind.Binary, data.Length);
        if (!session.Ledger.TryCount(from, data.Length)) return;
        if (!session.TryAdmit(out var excess)) _rejections.Excess(session, default, excess);
        else if (!session.Budget.HasRoomForHandler(data.Length)) _rejections.Busy(session);
        else session.OnBinary(data);
    }

    /// <summary>
    /// Answers a message that was read past because of its size (docs/protocol.md section 4), or because there is no memory for one of its
    /// size now.
    /// </summary>
    /// <param name="session">Whose peer sent it.</param>
    /// <param name="from">Where it came.</param>
    /// <param name="start">Its first bytes.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="isText">Whether it was text and so may have been a request.</param>
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
    /// Counts a message that made its reader close (rule 1): else it would come again for ever. If it was the answer to a request, and only
    /// too large to be read, that request fails.
    /// </summary>
    /// <param name="session">Whose peer sent it.</param>
    /// <param name="from">Where it came.</param>
    /// <param name="start">Its first bytes, if it was too large; else none.</param>
    /// <param name="size">Its size, or how many bytes have come of it.</param>
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
        // Ahead of any limit: who waits for an answer hears that it was bad.
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
                session.OnJson(utf8);
                break;
            case ReadStatus.Text:
                session.OnText(utf8);
                break;
            default:
                _rejections.Invalid(session, violation!);
                break;
        }
    }

    /// <summary>
    /// What we asked for is free: answers to our requests, and acknowledgements, which are counted when they acknowledge nothing.
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
        // Only the reader begins requests, so what is not in flight now cannot be when this one stays open.
        if (session.Inbound.TryGet(message.Id, out _)) _rejections.Duplicate(session, message.IdText.Span);
        else if (!Methods.TryGet(message.Name.Span, out var method)) _rejections.UnknownMethod(session, in message);
        else if (!session.Budget.HasRoomForRequest(Session.SizeKept(in message))) _rejections.TooManyRequests(session, in message, method);
        else if (!TryRunInline(session, method, in message))
            new InboundRequest(
                session, method, in message, RequestPayload.CopyOf(in message), MethodPipeline.Of(method, Filters)).Run.Begin();
    }

    /// <summary>Runs a handler that needs no request; false when the request may have to wait, or somebody measures or traces it.</summary>
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
        else if (session.Outbound.TryGet(message.Id, out var asked)) asked.Notify(in message);
        else engine.Metrics.Ignored("notification");
    }

    private void Deliver(Session session, Subscription subscription, string topic, in Message message)
    {
        try
        {
            session.RunDetached(subscription.Handler(session, topic, in message), topic, Session.SizeKept(in message));
        }
        catch (Exception exception)
        {
            engine.Logger.HandlerThrew(topic, exception, EngineLog.ListenerFailed);
        }
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
        // One that acknowledges nothing is as good as any other message that nobody asked for.
        if (result != AckResult.Applied && !session.TryAdmit(out var excess)) _rejections.Excess(session, default, excess);
        else if (result == AckResult.TooHigh) _rejections.AckTooHigh(session, received);
    }

    /// <summary>A peer that pings and does not read is closed: no answer is lost in silence, and none of them piles up.</summary>
    private void AnswerPing(Session session, Connection from, in Message ping)
    {
        var ledger = session.Ledger;
        if (!session.Outbox.EnqueueAhead(from, engine.Encoder.Ack(ping.IdText.Span, ledger.Epoch is null ? null : ledger.Received)))
            from.BeginClose(CloseCode.TooSlow, "answers to pings are not read");
        else if (session.Outbox.IsHalfFull) from.Wake();
    }

    /// <summary>Fails the request that an unread message was about, if there is one.</summary>
    private bool FailUnread(Session session, MessageType? type, ReadOnlyMemory<byte> requestId, long size) => BadAnswers.TryFail(
        session, type, requestId, size > engine.MaxMessageSize
            ? TooLarge.ToRead(size, engine.MaxMessageSize)
            : new HeliosException(ErrorCodes.RequestQueueFull, QueueFull.NoMemory));

    private static string? ReadReason(ReadOnlyMemory<byte> data)
    {
        // A reader of nothing throws instead of saying that there is nothing.
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
