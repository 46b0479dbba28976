using System.Diagnostics.CodeAnalysis;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// The conversation with one peer, independent of transports. Sends messages to the peer and owns all objects that belong to it.
/// </summary>
/// <remarks>One reader at a time receives messages, in order. All other members are safe to call concurrently.</remarks>
internal abstract class Session
{
    /// <summary>The handler that the reader is in. A field, because a property would give a copy.</summary>
    public ReaderWatch Reader;

    protected Session(Engine engine)
    {
        Engine = engine;
        Inbound = new RequestTable<IOpenRequest>(engine.Lanes.Limits.PerPeer);
        Outbox =
            new Outbox(engine.Outbox, engine.Encoder.Shorten, new PeerMemory(engine.Buffers), new SizeLimit(engine.Encoder.RefuseSize));
        Ledger = new Ledger(engine, Outbox, Outbound);
        Budget = new PeerBudget(engine, Outbox.Memory, Inbound);
    }

    public Engine Engine { get; }

    /// <summary>The messages that are sent to the peer.</summary>
    public Outbox Outbox { get; }

    /// <summary>Links connections and counts messages.</summary>
    public Ledger Ledger { get; }

    /// <summary>Counts the work that the peer causes on this side.</summary>
    public PeerBudget Budget { get; }

    /// <summary>
    /// The requests of the peer that are still open after the reader has moved on, or whose cancellation token was requested.
    /// </summary>
    public RequestTable<IOpenRequest> Inbound { get; }

    /// <summary>The requests of this side that the peer has not answered.</summary>
    public RequestTable<ISentRequest> Outbound { get; } = new();

    /// <summary>The connection that is linked now; null when there is none.</summary>
    public Connection? Connection => Ledger.Connection;

    /// <summary>The id of the peer, for traces; null when it is unknown.</summary>
    public virtual string? PeerId => null;

    /// <summary>Logs a warning about a handler that blocks the reader. To be called twice per second, by one thread at a time.</summary>
    public void WatchReader()
    {
        if (Reader.Check() is { } handler) Engine.HandlerLog.Blocks(handler, ReaderWatch.Limit);
    }

    /// <summary>Links a connection of a client, and reports the unconfirmed messages of the old epoch.</summary>
    /// <inheritdoc cref="Ledger.TryLink" path="/param"/>
    public LinkResult TryLink(Connection connection, LinkClaim claim, Func<Welcome, Frame?> welcome)
    {
        var result = Ledger.TryLink(this, connection, claim, welcome, out var lost);
        if (result.Outcome == LinkOutcome.Linked) ReportLost(lost);
        return result;
    }

    /// <summary>Links a connection to a server, and reports the unconfirmed messages of the old epoch.</summary>
    /// <param name="connection">The connection. No other one may be linked.</param>
    /// <param name="epoch">The epoch of the server; null when messages are not counted.</param>
    /// <param name="received">The number of messages that the server has counted in the epoch.</param>
    /// <param name="limit">The message size limit of the server. Default: no limit.</param>
    /// <returns>False when the server cannot have counted this number, or the conversation is over.</returns>
    public bool TryJoin(Connection connection, string? epoch, long received, int limit = int.MaxValue)
    {
        if (!Ledger.TryJoin(this, connection, epoch, received, limit, out var lost)) return false;
        ReportLost(lost);
        return true;
    }

    /// <summary>Unlinks a connection that has ended. Returns false when another one is linked.</summary>
    public bool Unlink(Connection connection)
    {
        if (!Ledger.Unlink(connection)) return false;
        Outbox.StopWaiting();
        var isKept = KeepsWhileAway;
        if (!isKept) Engine.Metrics.Dropped(Outbox.Clear(), DropReasons.ConnectionClosed);
        // Without an epoch, sent requests cannot be answered any more. When messages are not kept, neither can unsent ones. They fail now
        // instead of at their time limits.
        if (Ledger.Epoch is null) FailOpen(isKept);
        return true;
    }

    /// <summary>Queues a frame without waiting and takes over one reference.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="wake">False when the reader sends it at the end of its batch. A half full outbox is sent at once.</param>
    public EnqueueStatus Send(Frame frame, bool wake = true)
    {
        var sent = Enqueue(frame);
        FinishSend(in sent, wake);
        return sent.Result;
    }

    /// <summary>The first part of <see cref="Send"/>: queues the frame. It runs no other code, so it may be called under a lock.</summary>
    public EnqueueOutcome Enqueue(Frame frame) => IsUnreachable(frame) ? new EnqueueOutcome(EnqueueStatus.Closed) : Outbox.Enqueue(frame);

    /// <summary>
    /// The second part of <see cref="Send"/>: counts dropped messages, fails dropped requests, and wakes or closes the connection.
    /// </summary>
    public void FinishSend(in EnqueueOutcome sent, bool wake)
    {
        if (sent.Dropped > 0) Engine.Metrics.Dropped(
            sent.Dropped, sent.Result == EnqueueStatus.TooLarge ? DropReasons.TooLarge : DropReasons.Of(Outbox.Policy));
        sent.Requests?.ForEach(static request =>
            request.Fail(new HeliosException(ErrorCodes.RequestQueueFull, "The request was dropped because of the outbox policy: the peer does not read messages fast enough (MessageBufferSize, MessageBufferBytes).")));
        if (sent.IsTooSlow) Connection?.BeginClose(CloseCode.TooSlow, "outbox overflow");
        if (sent.Result == EnqueueStatus.GivenUp) OnGivenUp();
        else if (wake || Outbox.IsHalfFull) Connection?.Wake();
    }

    /// <summary>
    /// Queues a frame if a connection is still linked, and takes over one reference. Returns false, and queues nothing, if it is not.
    /// </summary>
    public bool TrySend(Connection to, Frame frame)
    {
        if (!Ledger.TryEnqueue(to, frame, out var sent)) return false;
        FinishSend(in sent, wake: true);
        return true;
    }

    /// <summary>Queues a frame of a broadcast and takes over one reference. The connection sends it when it has its turn.</summary>
    public EnqueueStatus SendInTurn(Frame frame)
    {
        var result = Send(frame, wake: false);
        Connection?.FlushLater(Engine.Flushes);
        return result;
    }

    /// <summary>Queues a frame and takes over one reference. Completes when there is room for the next one.</summary>
    /// <exception cref="HeliosException">The message exceeds the size limit of the peer: <c>REQUEST_PAYLOAD_TOO_LARGE</c>.</exception>
    public ValueTask<SendResult> SendDirectAsync(Frame frame, CancellationToken cancellationToken) =>
        FinishSendAsync(Queue(frame), cancellationToken);

    /// <summary>The first part of <see cref="SendDirectAsync"/>: queues the frame and does not send it.</summary>
    public EnqueueOutcome Queue(Frame frame)
    {
        if (IsUnreachable(frame)) return new EnqueueOutcome(EnqueueStatus.Closed);
        if (Outbox.Size.IsExceededBy(frame)) return RefuseSize(frame);
        if (frame.Kind == FrameKind.StreamItem) return Outbox.EnqueueItem(frame);
        return Connection is not null || WaitsWhileAway ? Outbox.EnqueueDirect(frame) : Outbox.Enqueue(frame);
    }

    /// <summary>The second part of <see cref="SendDirectAsync"/>: sends the frame and waits for room.</summary>
    public ValueTask<SendResult> FinishSendAsync(EnqueueOutcome sent, CancellationToken cancellationToken)
    {
        if (sent.Refusal is { } refusal) throw refusal;
        FinishSend(in sent, wake: true);
        return sent.Room is null ? new ValueTask<SendResult>(ToSendResult(sent.Result)) : WaitForRoomAsync(sent.Room, cancellationToken);
    }

    /// <summary>Queues a request of this side and takes over one reference.</summary>
    public virtual EnqueueStatus SendRequest(Frame request) => Send(request);

    /// <summary>Creates the error of a request that cannot be sent.</summary>
    /// <param name="request">The request.</param>
    /// <param name="size">The size of the message in bytes.</param>
    /// <param name="why">The status of the message.</param>
    public HeliosException WhyNotSent(IQueuedRequest request, int size, EnqueueStatus why) => why switch
    {
        EnqueueStatus.TooLarge => TooLarge.ToSend($"The request '{request.Method}'", size, Outbox.Size.Bytes),
        EnqueueStatus.Closed => new HeliosException(ErrorCodes.ConnectionClosed, "The connection was closed before the request was sent."),
        _ => new HeliosException(
            ErrorCodes.RequestQueueFull, $"The request '{request.Method}' was not sent: {QueueFull.Outbox(Engine.Outbox)}"),
    };

    /// <summary>Called when the peer has answered a request of this side, or will never get it.</summary>
    public virtual void OnRequestEnded(Guid id)
    {
    }

    /// <summary>
    /// Informs the peer that the data of its notification does not match the type that the handler expects (docs/protocol.md section 4).
    /// </summary>
    public void RefuseData(string topic, IReadOnlyList<ValidationError> errors)
    {
        Engine.LogUnreadable(topic, errors);
        Send(Engine.Encoder.Error(
            ErrorSeverity.Application,
            ErrorCodes.ValidationError,
            ValidationErrors.Summarize($"The data on topic '{topic}' is not what its handler takes", errors),
            new ValidationDetails(errors, Engine.MaxMessageSize)));
    }

    /// <summary>Sends an error message that does not belong to a request.</summary>
    public EnqueueStatus SendError(HeliosException error, ErrorSeverity severity = ErrorSeverity.Application) =>
        Send(Engine.Encoder.Error(severity, error.Code, error.Message, new SerializedJson(error.Details, Engine.Types)));

    /// <summary>Returns the next frame for a connection, which releases it after it is sent.</summary>
    public bool TryTake(Connection connection, [NotNullWhen(true)] out Frame? frame)
    {
        if (!Outbox.TryTake(connection, out frame, out var missed)) return false;
        frame ??= Engine.Encoder.OwnNotification(WireNames.MissedUtf8, new ErrorDetails(("missed", missed)));
        if (frame.Kind == FrameKind.Token) frame = Renew(frame);
        Engine.Metrics.Sent(frame.Content, frame.Size);
        return true;
    }

    /// <summary>Returns the number of bytes of a message that its handler gets.</summary>
    public static int SizeKept(in Message message) =>
        message.Data.Length + message.Metadata.Length
        + (sizeof(char) * ((message.ErrorMessage?.Length ?? 0) + (message.ErrorCode?.Length ?? 0)));

    /// <summary>Completes when all requests that are open now are answered or have timed out.</summary>
    public Task WhenAnswered() => Task.WhenAll(Outbound.Where(static _ => true).Select(static request => request.Settled));

    /// <summary>Ends the conversation for good.</summary>
    public void Close()
    {
        Ledger.TryEnd(ifAway: false);
        Engine.Metrics.Dropped(Outbox.Close(), DropReasons.ConnectionClosed);
        FailOpen();
    }

    /// <summary>Ends the open requests of both sides and accepts no new ones.</summary>
    public void FailOpen()
    {
        foreach (var request in Outbound.Drain(close: true))
            request.Fail(new HeliosException(ErrorCodes.ConnectionClosed, "The connection ended before the answer came."));
        Abandon(Inbound.Drain(close: true));
        OnClosed();
    }

    /// <summary>Ends requests of the peer without an answer because their session ends.</summary>
    public static void Abandon(IEnumerable<IOpenRequest> requests)
    {
        // All requests are ended before the first one releases its place. Otherwise, the next of them would get the place, and its handler
        // would run in vain.
        foreach (var request in requests.Where(static request => request.TryAbandon()).ToList()) request.ReleasePlace();
    }

    /// <summary>Reports all kept messages as unconfirmed, because the peer will not reconnect, and accepts no more messages.</summary>
    /// <returns>The number of reported messages.</returns>
    public int ReportKept() => Report(TakeKept());

    /// <summary>Removes and returns the kept messages, for <see cref="Report"/>, and accepts no more messages.</summary>
    public List<Frame> TakeKept()
    {
        Ledger.TryEnd(ifAway: false);
        var kept = Outbox.TakeKept(out var unsent);
        Engine.Metrics.Dropped(unsent, DropReasons.ConnectionClosed);
        return kept;
    }

    /// <summary>Reports unconfirmed messages to the application, except requests, and releases all frames.</summary>
    /// <returns>The number of reported messages.</returns>
    public int Report(List<Frame> frames)
    {
        var messages = frames.FindAll(static frame => frame.Request is null && frame.Kind is not (FrameKind.Library or FrameKind.Token));
        if (messages.Count > 0) OnUnconfirmed(messages);
        foreach (var frame in frames) frame.Release();
        return messages.Count;
    }

    /// <summary>
    /// Counts a message for the rate limits of the peer. Returns false when it exceeds a limit. The peer then gets an error.
    /// </summary>
    public virtual bool TryAdmit(out RateExcess excess)
    {
        excess = default;
        return true;
    }

    /// <summary>Called after a message that exceeded a rate limit was answered.</summary>
    public virtual void OnExcess()
    {
    }

    /// <summary>
    /// Returns the number by which a message is counted: 1, or more if it reports missed messages (docs/protocol.md section 7, rule 6).
    /// </summary>
    public virtual long Weigh(in Message message) => 1;

    /// <summary>Called when plain text was received. The memory is valid only during the call.</summary>
    public abstract void OnText(ReadOnlyMemory<byte> utf8);

    /// <summary>Called when JSON that is not a protocol message was received. The memory is valid only during the call.</summary>
    public abstract void OnJson(ReadOnlyMemory<byte> utf8);

    /// <summary>Called when a binary message was received. The memory is valid only during the call.</summary>
    public abstract void OnBinary(ReadOnlyMemory<byte> data);

    /// <summary>Called when an error message was received. The message is valid only during the call.</summary>
    public abstract void OnError(in Message message);

    /// <summary>Indicates whether messages are kept for a disconnected peer.</summary>
    protected abstract bool KeepsWhileAway { get; }

    /// <summary>Indicates whether direct sends wait for room while the peer is disconnected.</summary>
    protected virtual bool WaitsWhileAway => false;

    /// <summary>
    /// Called when the outbox has no room for an answer and contains only answers, because the peer does not receive them.
    /// </summary>
    protected abstract void OnGivenUp();

    /// <summary>
    /// Called when it cannot be known any more whether the peer received these messages (rule 7). The frames are valid only during the
    /// call.
    /// </summary>
    protected abstract void OnUnconfirmed(IReadOnlyList<Frame> frames);

    /// <summary>Called when the conversation has ended for good.</summary>
    protected virtual void OnClosed()
    {
    }

    /// <summary>Replaces a token frame by one with the newest token, and takes over the reference.</summary>
    protected virtual Frame Renew(Frame token) => token;

    /// <summary>Counts copies of unconfirmed messages for the peer until the application's event handlers have ended.</summary>
    protected async Task ChargeWhileAsync(IReadOnlyList<UnconfirmedMessage> copies, Func<Task> tell)
    {
        var bytes = copies.Sum(static copy => (long)copy.Data.Length + PeerBudget.HandlerOverhead);
        Budget.Charge(bytes);
        try
        {
            await tell().ConfigureAwait(false);
        }
        finally
        {
            Budget.Charge(-bytes);
        }
    }

    private void ReportLost(LostMessages? lost)
    {
        foreach (var request in lost?.Requests ?? []) request.OnLost();
        if (lost is not null) Report(lost.Frames);
        ReportTooLarge();
    }

    /// <summary>
    /// Handles queued messages that exceed the lowered size limit of a reconnected peer: requests fail, streamed answers end, and other
    /// messages are counted as dropped.
    /// </summary>
    private void ReportTooLarge()
    {
        if (Outbox.TakeTooLarge() is not { } tooLarge) return;
        foreach (var frame in tooLarge)
        {
            if (frame.Request is { } request)
                request.Fail(TooLarge.ToSend($"The request '{request.Method}'", frame.Size, Outbox.Size.Bytes));
            else if (frame.Kind == FrameKind.StreamItem) EndStream(frame);
            else Engine.Metrics.Dropped(1, DropReasons.TooLarge);
        }
        // Without a drop policy, the messages are reported to the application. Otherwise, the gap is reported to the peer.
        if (Outbox.Policy is null) Report(tooLarge);
        else tooLarge.ForEach(static frame => frame.Release());
    }

    /// <summary>Cancels the request of a streamed answer with an item that is too large.</summary>
    private void EndStream(Frame item)
    {
        if (MessageReader.Read(item.Message, out var message, out _) == ReadStatus.Message && Inbound.TryGet(message.Id, out var request))
            request.Cancel(reason: null);
    }

    private void FailOpen(bool exceptUnsent)
    {
        foreach (var request in Outbound.Where(request => request.IsSent || !exceptUnsent))
            request.Fail(new HeliosException(ErrorCodes.ConnectionClosed, "The connection ended before the answer came."));
    }

    /// <summary>Refuses a message of the application that exceeds the size limit of the peer (docs/protocol.md section 4).</summary>
    private EnqueueOutcome RefuseSize(Frame frame)
    {
        var refused = new EnqueueOutcome(EnqueueStatus.TooLarge, Refusal: TooLarge.ToSend("The message", frame.Size, Outbox.Size.Bytes));
        frame.Release();
        return refused;
    }

    /// <summary>Releases the frame and returns true when the peer is not connected and messages are not kept for it.</summary>
    private bool IsUnreachable(Frame frame)
    {
        if (Connection is not null || KeepsWhileAway) return false;
        frame.Release();
        return true;
    }

    private static async ValueTask<SendResult> WaitForRoomAsync(Task room, CancellationToken cancellationToken)
    {
        await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        return SendResult.Queued;
    }

    private static SendResult ToSendResult(EnqueueStatus result) => result switch
    {
        EnqueueStatus.Queued => SendResult.Queued,
        EnqueueStatus.Closed => SendResult.Closed,
        _ => SendResult.Dropped,
    };
}
