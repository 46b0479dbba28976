using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// The conversation with one peer, above any transport: takes each message to its place and sends what this side has to say.
/// </summary>
/// <remarks>Messages are received by one reader at a time, in order; everything else is safe to call concurrently.</remarks>
internal abstract partial class Session(Engine engine)
{
    /// <summary>The topic by which a caller cancels its request (docs/protocol.md section 5).</summary>
    public const string CancelTopic = "system:cancel";

    public Engine Engine => engine;

    public Outbox Outbox { get; } = new(engine.Outbox, engine.Encoder.Shorten, new PeerMemory(engine.Buffers), new SizeLimit(engine.Encoder.RefuseSize));

    /// <summary>The peer's requests that stay open when the reader moves on, or whose end somebody waits for.</summary>
    public RequestTable<InboundRequest> Inbound { get; } = new(engine.Lanes.Limits.PerPeer);

    /// <summary>Our requests that the peer has not answered.</summary>
    public RequestTable<StarlingRequest> Outbound { get; } = new();

    /// <summary>Takes a complete text message, whose memory is valid during the call.</summary>
    /// <param name="from">Where it came; what comes from a connection that is not linked any more is thrown away.</param>
    /// <param name="utf8">The message.</param>
    public void ReceiveText(Connection from, ReadOnlyMemory<byte> utf8)
    {
        using var ambient = AmbientState.Keep();
        var status = MessageReader.Read(utf8, out var message, out var violation);
        Receive(from, utf8, status, in message, violation);
    }

    private void Receive(Connection from, ReadOnlyMemory<byte> utf8, ReadStatus status, in Message message, Violation? violation)
    {
        engine.Metrics.Received(MessageKinds.Of(status, in message), utf8.Length);
        var isCounted = status != ReadStatus.Message || message.Type is not (MessageType.Ack or MessageType.Ping);
        if (violation is { IsAckOrPing: true } ? Connection != from : isCounted && !TryCount(from, utf8.Length, status == ReadStatus.Message ? Weigh(in message) : 1)) return;
        // Ahead of any limit: who waits for an answer hears that it was bad.
        if (violation is not null) BadAnswers.Fail(this, violation);
        else if (!message.Peer.IsEmpty) BadAnswers.FailForwarded(this, in message);
        if (IsMetered(status, in message) && !TryAdmit(out var excess))
        {
            RefuseExcess(status, in message, violation, excess);
            return;
        }
        switch (status)
        {
            case ReadStatus.Message when !isCounted:
                Control(from, in message);
                break;
            case ReadStatus.Message:
                Dispatch(in message);
                break;
            case ReadStatus.Json or ReadStatus.Text when IsTooBusyFor(utf8.Length):
                RefuseBusy();
                break;
            case ReadStatus.Json:
                OnJson(utf8);
                break;
            case ReadStatus.Text:
                OnText(utf8);
                break;
            default:
                Refuse(violation!);
                break;
        }
    }

    /// <summary>Takes a complete binary message, whose memory is valid during the call.</summary>
    public void ReceiveBinary(Connection from, ReadOnlyMemory<byte> data)
    {
        using var ambient = AmbientState.Keep();
        engine.Metrics.Received(MessageKind.Binary, data.Length);
        if (!TryCount(from, data.Length)) return;
        if (!TryAdmit(out var excess)) RefuseExcess(default, excess);
        else if (IsTooBusyFor(data.Length)) RefuseBusy();
        else OnBinary(data);
    }

    /// <summary>Queues a frame without waiting, taking over one reference.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="wake">False when the reader will send it at the end of its batch, or before if it piles up.</param>
    public EnqueueResult Send(Frame frame, bool wake = true)
    {
        var sent = Enqueue(frame);
        FinishSend(in sent, wake);
        return sent.Result;
    }

    /// <summary>The first half of <see cref="Send"/>: queues the frame and runs no other code, so that it may be called under a lock.</summary>
    public Enqueued Enqueue(Frame frame) => IsUnreachable(frame) ? new Enqueued(EnqueueResult.Closed) : Outbox.Enqueue(frame);

    /// <summary>Queues a frame that many others get too, taking over one reference; it is sent when its turn comes.</summary>
    public EnqueueResult SendInTurn(Frame frame)
    {
        var result = Send(frame, wake: false);
        Connection?.WakeIn(engine.Flushes);
        return result;
    }

    /// <summary>Queues a frame, taking over one reference, and completes when there is room for the next.</summary>
    /// <exception cref="HeliosException">The peer does not take so large a message: <c>REQUEST_PAYLOAD_TOO_LARGE</c>.</exception>
    public ValueTask<SendResult> SendDirectAsync(Frame frame, CancellationToken cancellationToken) =>
        FinishSendAsync(Queue(frame), cancellationToken);

    /// <summary>The first half of <see cref="SendDirectAsync"/>: queues the frame and wakes nobody.</summary>
    public Enqueued Queue(Frame frame)
    {
        if (IsUnreachable(frame)) return new Enqueued(EnqueueResult.Closed);
        if (IsRefused(frame, out var refused)) return refused;
        if (frame.Kind == FrameKind.StreamItem) return Outbox.EnqueueItem(frame);
        return Connection is not null || WaitsWhileAway ? Outbox.EnqueueDirect(frame) : Outbox.Enqueue(frame);
    }

    /// <summary>The second half of <see cref="SendDirectAsync"/>.</summary>
    public ValueTask<SendResult> FinishSendAsync(Enqueued sent, CancellationToken cancellationToken)
    {
        if (sent.Refusal is { } refusal) throw refusal;
        FinishSend(in sent, wake: true);
        return sent.Room is null ? new ValueTask<SendResult>(ToSendResult(sent.Result)) : WaitForRoomAsync(sent.Room, cancellationToken);
    }

    /// <summary>Sends a request to the peer.</summary>
    public StarlingRequest<TResult> Request<TResult>(string method, object? payload, RequestOptions? options, CancellationToken cancellationToken) =>
        Request(engine.TypeInfo<TResult>(), method, payload, options, cancellationToken);

    /// <summary>Sends a request to the peer whose answer is not read.</summary>
    public StarlingRequest Request(string method, object? payload, RequestOptions? options, CancellationToken cancellationToken) =>
        Request<object?>(type: null, method, payload, options, cancellationToken);

    private StarlingRequest<TResult> Request<TResult>(JsonTypeInfo<TResult>? type, string method, object? payload, RequestOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (!Names.IsMethod(method)) throw MalformedText.Fault($"Method name '{MalformedText.Excerpt(method)}' is malformed. Use two or more segments joined by ':', such as 'chat:send'.");
        var timeout = options?.Timeout ?? engine.RequestTimeout;
        if (timeout <= TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(null, $"Timeout of the request '{method}' is {timeout}; it must be longer than 0, or Timeout.InfiniteTimeSpan.");
        cancellationToken.ThrowIfCancellationRequested();

        var request = new StarlingRequest<TResult>(this, method, type, options?.Retry ?? false);
        var metadata = options?.Metadata is { } value ? JsonSerializer.SerializeToUtf8Bytes(value, engine.TypeInfo(value.GetType())) : [];
        request.Start(engine.Encoder.Request(request, new SerializedJson(payload, engine), request.BeginObserving(metadata)), timeout, cancellationToken);
        return request;
    }

    /// <summary>Says that a notification's data is not what its handler takes (docs/protocol.md section 4).</summary>
    public void RefuseData(string topic, IReadOnlyList<ValidationError> errors)
    {
        engine.LogUnreadable(topic, errors);
        Send(engine.Encoder.Error(ErrorSeverity.Application, ErrorCodes.ValidationError, $"The data on topic '{topic}' is not what its handler takes", new ValidationDetails(errors, engine.MaxMessageSize)));
    }

    /// <summary>Sends an error message about no particular request.</summary>
    public EnqueueResult SendError(HeliosException error, ErrorSeverity severity = ErrorSeverity.Application) =>
        Send(engine.Encoder.Error(severity, error.Code, error.Message, new SerializedJson(error.Details, engine)));

    /// <summary>Ends the conversation for good.</summary>
    public void Close()
    {
        TryEnd(ifAway: false);
        engine.Metrics.Dropped(Outbox.Close(), DropReasons.ConnectionClosed);
        FailOpen();
    }

    /// <summary>Ends the open requests of both sides, and takes no new ones.</summary>
    public void FailOpen()
    {
        foreach (var request in Outbound.Drain(close: true))
            request.Fail(new HeliosException(ErrorCodes.ConnectionClosed, "The connection ended before the answer came."));
        InboundRequest.Abandon(Inbound.Drain(close: true));
        OnClosed();
    }

    /// <summary>Whether whoever sends directly waits for room while the peer is away.</summary>
    protected virtual bool WaitsWhileAway => false;

    /// <summary>The peer does not take its answers, and nothing else is left that could be dropped for them.</summary>
    protected abstract void OnGivenUp();

    /// <summary>Plain text came; valid during the call.</summary>
    protected abstract void OnText(ReadOnlyMemory<byte> utf8);

    /// <summary>JSON that is no protocol message came; valid during the call.</summary>
    protected abstract void OnJson(ReadOnlyMemory<byte> utf8);

    /// <summary>A binary message came; valid during the call.</summary>
    protected abstract void OnBinary(ReadOnlyMemory<byte> data);

    /// <summary>An error message came; valid during the call.</summary>
    protected abstract void OnError(in Message message);

    /// <summary>Runs application code on this thread up to its first await, and logs what it throws.</summary>
    /// <param name="running">The code.</param>
    /// <param name="what">What it handles, for the log.</param>
    /// <param name="size">How many bytes of a message it was given, and keeps as long as it runs.</param>
    /// <param name="overhead">How many bytes more it takes as the application was given it. Default none.</param>
    protected void Observe(ValueTask running, string what, int size, long overhead = 0)
    {
        if (running.IsCompletedSuccessfully) return;
        HoldObserved(1, size, overhead);
        _ = ObserveAsync(running, what, size, overhead);
    }

    private void Dispatch(in Message message)
    {
        if (!message.Peer.IsEmpty && message.Type != MessageType.Error)
        {
            RefuseProxy(in message);
            return;
        }
        switch (message.Type)
        {
            case MessageType.Request:
                StartRequest(in message);
                break;
            case MessageType.Response:
                OnRequestEnded(message.Id);
                if (Outbound.TryGet(message.Id, out var answered)) answered.Complete(in message);
                else engine.Metrics.Ignored("response");
                break;
            case MessageType.Notification:
                Notify(in message);
                break;
            default:
                // An error message is never answered (docs/protocol.md section 4).
                if (IsTooBusyFor(SizeKept(in message))) engine.Metrics.Ignored("error");
                else OnError(in message);
                break;
        }
    }

    private void Control(Connection from, in Message message)
    {
        if (Connection != from) return;
        if (!message.Peer.IsEmpty) RefuseProxy(in message);
        else if (message.Type == MessageType.Ack) TakeAck(from, in message);
        else AnswerPing(from, in message);
    }

    private void Refuse(Violation violation)
    {
        if (!violation.IsAnswered) engine.Metrics.Ignored("error");
        else if (!violation.RequestIdText.IsEmpty && IsInFlight(violation.RequestIdText.Span)) ReplyDuplicate(violation.RequestIdText.Span);
        else Reply(engine.Encoder.Violation(violation));
    }

    /// <summary>Whether a response with this id would end an earlier request's promise.</summary>
    private bool IsInFlight(ReadOnlySpan<byte> requestIdText) => Guid.TryParse(requestIdText, out var id) && Inbound.TryGet(id, out _);

    private void ReplyDuplicate(ReadOnlySpan<byte> requestIdText)
    {
        var id = Encoding.ASCII.GetString(requestIdText);
        Reply(engine.Encoder.Error(ErrorSeverity.Protocol, ErrorCodes.RequestDuplicate, "A request with this id is in flight already", new Details(("requestId", id))));
    }

    private void Notify(in Message message)
    {
        if (!message.IdText.IsEmpty)
        {
            NotifyRequest(in message);
            return;
        }
        var match = engine.Topics.Index.Find(message.Name.Span);
        if (match.Subscriptions.Length == 0) engine.Metrics.Ignored("notification");
        else if (IsTooBusyFor(SizeKept(in message)))
        {
            RefuseBusy();
            return;
        }
        foreach (var subscription in match.Subscriptions) Deliver(subscription, match.Topic, in message);
    }

    private void NotifyRequest(in Message message)
    {
        if (message.Name.Span.SequenceEqual("system:cancel"u8))
        {
            if (Inbound.TryGet(message.Id, out var running)) running.Cancel(ReadReason(message.Data));
            else engine.Metrics.Ignored("notification");
        }
        else if (Outbound.TryGet(message.Id, out var asked)) asked.Notify(in message);
        else engine.Metrics.Ignored("notification");
    }

    private void Deliver(Subscription subscription, string topic, in Message message)
    {
        try
        {
            Observe(subscription.Handler(this, topic, in message), topic, SizeKept(in message));
        }
        catch (Exception exception)
        {
            engine.Logger.HandlerThrew(topic, exception, EngineLog.ListenerFailed);
        }
    }

    /// <summary>How many bytes of a message its handler is given.</summary>
    protected static int SizeKept(in Message message) =>
        message.Data.Length + message.Metadata.Length + (sizeof(char) * ((message.ErrorMessage?.Length ?? 0) + (message.ErrorCode?.Length ?? 0)));

    private void RefuseProxy(in Message message)
    {
        const string text = "Messages are not passed on to other clients here";
        if (message.Type == MessageType.Request && IsInFlight(message.IdText.Span)) ReplyDuplicate(message.IdText.Span);
        else Reply(message.Type == MessageType.Request
            ? engine.Encoder.Failure(message.IdText.Span, ErrorCodes.ProxyForbidden, text, default(RawJson))
            : engine.Encoder.Error(ErrorSeverity.Protocol, ErrorCodes.ProxyForbidden, text, default(RawJson)));
    }

    /// <summary>Queues an answer of the reader, which leaves at the end of its batch.</summary>
    private void Reply(Frame frame) => Send(frame, wake: false);

    /// <summary>Nobody comes back for what is sent to this peer, so it is not kept.</summary>
    private bool IsUnreachable(Frame frame)
    {
        if (Connection is not null || KeepsWhileAway) return false;
        frame.Release();
        return true;
    }

    /// <summary>The second half of <see cref="Send"/>: tells those whom it concerns.</summary>
    public void FinishSend(in Enqueued sent, bool wake)
    {
        if (sent.Dropped > 0) engine.Metrics.Dropped(sent.Dropped, sent.Result == EnqueueResult.TooLarge ? DropReasons.TooLarge : DropReasons.Of(Outbox.Policy));
        sent.Requests?.ForEach(static request =>
            request.Fail(new HeliosException(ErrorCodes.RequestQueueFull, "The request was dropped, as the outbox policy says: the peer does not take messages fast enough (MessageBufferSize, MessageBufferBytes).")));
        if (sent.IsTooSlow) Connection?.BeginClose(CloseCode.TooSlow, "outbox overflow");
        if (sent.Result == EnqueueResult.GivenUp) OnGivenUp();
        else if (wake || Outbox.IsHalfFull) Connection?.Wake();
    }

    private static async ValueTask<SendResult> WaitForRoomAsync(Task room, CancellationToken cancellationToken)
    {
        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        return SendResult.Queued;
    }

    private async Task ObserveAsync(ValueTask running, string what, int size, long overhead)
    {
        try
        {
            await running.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            engine.Logger.HandlerThrew(what, exception, EngineLog.ListenerFailed);
        }
        finally
        {
            HoldObserved(-1, -size, -overhead);
            OnLessToDo();
        }
    }

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
            if (isReason && reader.TokenType == JsonTokenType.String) reason = Payloads.ReadText(ref reader);
            reader.Skip();
        }
        return reason;
    }

    private static SendResult ToSendResult(EnqueueResult result) => result switch
    {
        EnqueueResult.Queued => SendResult.Queued,
        EnqueueResult.Closed => SendResult.Closed,
        _ => SendResult.Dropped,
    };
}
