using System.Diagnostics.CodeAnalysis;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// The conversation with one peer, above any transport: sends what this side has to say, and has what belongs to the peer.
/// </summary>
/// <remarks>Messages are received by one reader at a time, in order; everything else is safe to call concurrently.</remarks>
internal abstract class Session
{
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

    /// <summary>What the peer is sent.</summary>
    public Outbox Outbox { get; }

    /// <summary>Which connection is linked, and what was counted.</summary>
    public Ledger Ledger { get; }

    /// <summary>How much of this side the peer keeps busy.</summary>
    public PeerBudget Budget { get; }

    /// <summary>The peer's requests that stay open when the reader moves on, or whose end somebody waits for.</summary>
    public RequestTable<IOpenRequest> Inbound { get; }

    /// <summary>Our requests that the peer has not answered.</summary>
    public RequestTable<ISentRequest> Outbound { get; } = new();

    /// <summary>The transport that is linked now; null while there is none.</summary>
    public Connection? Connection => Ledger.Connection;

    /// <summary>Who the peer is, for traces; null when that is not known.</summary>
    public virtual string? PeerId => null;

    /// <summary>Links a connection of a client, and reports what a new epoch has left behind.</summary>
    /// <inheritdoc cref="Ledger.TryLink" path="/param"/>
    public LinkResult TryLink(Connection connection, LinkClaim claim, Func<Welcome, Frame?> welcome)
    {
        var result = Ledger.TryLink(this, connection, claim, welcome, out var lost);
        if (result.Outcome == LinkOutcome.Linked) ReportLost(lost);
        return result;
    }

    /// <summary>Links a connection to a server, and reports what a new epoch has left behind.</summary>
    /// <param name="connection">The connection; no other one is linked.</param>
    /// <param name="epoch">The server's epoch; null when messages are not counted.</param>
    /// <param name="received">What the server has counted in it.</param>
    /// <param name="limit">The largest message that the server takes. Default any.</param>
    /// <returns>False when the server can't have counted that, or the conversation is over.</returns>
    public bool TryJoin(Connection connection, string? epoch, long received, int limit = int.MaxValue)
    {
        if (!Ledger.TryJoin(this, connection, epoch, received, limit, out var lost)) return false;
        ReportLost(lost);
        return true;
    }

    /// <summary>Unlinks a connection that has ended; false when another one is linked by now.</summary>
    public bool Unlink(Connection connection)
    {
        if (!Ledger.Unlink(connection)) return false;
        Outbox.StopWaiting();
        var isKept = KeepsWhileAway;
        if (!isKept) Engine.Metrics.Dropped(Outbox.Clear(), DropReasons.ConnectionClosed);
        // Without counters there is no way back to what was sent, and to nothing where nobody comes back: it fails now rather than when its
        // time is over.
        if (Ledger.Epoch is null) FailOpen(isKept);
        return true;
    }

    /// <summary>Queues a frame without waiting, taking over one reference.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="wake">False when the reader will send it at the end of its batch, or before if it piles up.</param>
    public EnqueueStatus Send(Frame frame, bool wake = true)
    {
        var sent = Enqueue(frame);
        FinishSend(in sent, wake);
        return sent.Result;
    }

    /// <summary>
    /// The first half of <see cref="Send"/>: queues the frame and runs no other code, so that it may be called under a lock.
    /// </summary>
    public EnqueueOutcome Enqueue(Frame frame) => IsUnreachable(frame) ? new EnqueueOutcome(EnqueueStatus.Closed) : Outbox.Enqueue(frame);

    /// <summary>The second half of <see cref="Send"/>: tells those whom it concerns.</summary>
    public void FinishSend(in EnqueueOutcome sent, bool wake)
    {
        if (sent.Dropped > 0) Engine.Metrics.Dropped(
            sent.Dropped, sent.Result == EnqueueStatus.TooLarge ? DropReasons.TooLarge : DropReasons.Of(Outbox.Policy));
        sent.Requests?.ForEach(static request =>
            request.Fail(new HeliosException(ErrorCodes.RequestQueueFull, "The request was dropped, as the outbox policy says: the peer does not take messages fast enough (MessageBufferSize, MessageBufferBytes).")));
        if (sent.IsTooSlow) Connection?.BeginClose(CloseCode.TooSlow, "outbox overflow");
        if (sent.Result == EnqueueStatus.GivenUp) OnGivenUp();
        else if (wake || Outbox.IsHalfFull) Connection?.Wake();
    }

    /// <summary>
    /// Queues a frame for the client of a connection, taking over one reference; false, and nothing is queued, when that one is not linked
    /// any more.
    /// </summary>
    public bool TrySend(Connection to, Frame frame)
    {
        if (!Ledger.TryEnqueue(to, frame, out var sent)) return false;
        FinishSend(in sent, wake: true);
        return true;
    }

    /// <summary>Queues a frame that many others get too, taking over one reference; it is sent when its turn comes.</summary>
    public EnqueueStatus SendInTurn(Frame frame)
    {
        var result = Send(frame, wake: false);
        Connection?.FlushLater(Engine.Flushes);
        return result;
    }

    /// <summary>Queues a frame, taking over one reference, and completes when there is room for the next.</summary>
    /// <exception cref="HeliosException">The peer does not take so large a message: <c>REQUEST_PAYLOAD_TOO_LARGE</c>.</exception>
    public ValueTask<SendResult> SendDirectAsync(Frame frame, CancellationToken cancellationToken) =>
        FinishSendAsync(Queue(frame), cancellationToken);

    /// <summary>The first half of <see cref="SendDirectAsync"/>: queues the frame and wakes nobody.</summary>
    public EnqueueOutcome Queue(Frame frame)
    {
        if (IsUnreachable(frame)) return new EnqueueOutcome(EnqueueStatus.Closed);
        if (Outbox.Size.IsExceededBy(frame)) return RefuseSize(frame);
        if (frame.Kind == FrameKind.StreamItem) return Outbox.EnqueueItem(frame);
        return Connection is not null || WaitsWhileAway ? Outbox.EnqueueDirect(frame) : Outbox.Enqueue(frame);
    }

    /// <summary>The second half of <see cref="SendDirectAsync"/>.</summary>
    public ValueTask<SendResult> FinishSendAsync(EnqueueOutcome sent, CancellationToken cancellationToken)
    {
        if (sent.Refusal is { } refusal) throw refusal;
        FinishSend(in sent, wake: true);
        return sent.Room is null ? new ValueTask<SendResult>(ToSendResult(sent.Result)) : WaitForRoomAsync(sent.Room, cancellationToken);
    }

    /// <summary>Queues a request of this side, taking over one reference.</summary>
    public virtual EnqueueStatus SendRequest(Frame request) => Send(request);

    /// <summary>What a request fails with that cannot be sent.</summary>
    /// <param name="request">The request.</param>
    /// <param name="size">The size of its message in bytes.</param>
    /// <param name="why">What became of its message.</param>
    public HeliosException WhyNotSent(IQueuedRequest request, int size, EnqueueStatus why) => why switch
    {
        EnqueueStatus.TooLarge => TooLarge.ToSend($"The request '{request.Method}'", size, Outbox.Size.Bytes),
        EnqueueStatus.Closed => new HeliosException(ErrorCodes.ConnectionClosed, "The connection was closed before the request was sent."),
        _ => new HeliosException(
            ErrorCodes.RequestQueueFull, $"The request '{request.Method}' was not sent: {QueueFull.Outbox(Engine.Outbox)}"),
    };

    /// <summary>The peer has answered a request of this side, or never gets it.</summary>
    public virtual void OnRequestEnded(Guid id)
    {
    }

    /// <summary>Says that a notification's data is not what its handler takes (docs/protocol.md section 4).</summary>
    public void RefuseData(string topic, IReadOnlyList<ValidationError> errors)
    {
        Engine.LogUnreadable(topic, errors);
        Send(Engine.Encoder.Error(
            ErrorSeverity.Application,
            ErrorCodes.ValidationError,
            $"The data on topic '{topic}' is not what its handler takes",
            new ValidationDetails(errors, Engine.MaxMessageSize)));
    }

    /// <summary>Sends an error message about no particular request.</summary>
    public EnqueueStatus SendError(HeliosException error, ErrorSeverity severity = ErrorSeverity.Application) =>
        Send(Engine.Encoder.Error(severity, error.Code, error.Message, new SerializedJson(error.Details, Engine.Types)));

    /// <summary>Hands the next frame to a connection, which releases it once it is sent.</summary>
    public bool TryTake(Connection connection, [NotNullWhen(true)] out Frame? frame)
    {
        if (!Outbox.TryTake(connection, out frame, out var missed)) return false;
        frame ??= Engine.Encoder.OwnNotification(WireNames.MissedUtf8, new ErrorDetails(("missed", missed)));
        if (frame.Kind == FrameKind.Token) frame = Renew(frame);
        Engine.Metrics.Sent(frame.Content, frame.Size);
        return true;
    }

    /// <summary>How many bytes of a message its handler is given.</summary>
    public static int SizeKept(in Message message) =>
        message.Data.Length + message.Metadata.Length
        + (sizeof(char) * ((message.ErrorMessage?.Length ?? 0) + (message.ErrorCode?.Length ?? 0)));

    /// <summary>Completes when the peer has answered all requests that are open now, or their time is over.</summary>
    public Task WhenAnswered() => Task.WhenAll(Outbound.Where(static _ => true).Select(static request => request.Settled));

    /// <summary>Ends the conversation for good.</summary>
    public void Close()
    {
        Ledger.TryEnd(ifAway: false);
        Engine.Metrics.Dropped(Outbox.Close(), DropReasons.ConnectionClosed);
        FailOpen();
    }

    /// <summary>Ends the open requests of both sides, and takes no new ones.</summary>
    public void FailOpen()
    {
        foreach (var request in Outbound.Drain(close: true))
            request.Fail(new HeliosException(ErrorCodes.ConnectionClosed, "The connection ended before the answer came."));
        Abandon(Inbound.Drain(close: true));
        OnClosed();
    }

    /// <summary>Ends requests of the peer because their session does: there is nobody to answer.</summary>
    public static void Abandon(IEnumerable<IOpenRequest> requests)
    {
        // All are ended before the first gives its place back. That place would go to the next of them, whose handler would run for nobody.
        foreach (var request in requests.Where(static request => request.TryAbandon()).ToList()) request.LeavePlace();
    }

    /// <summary>Nobody will come back for what is kept: reports it as unconfirmed, and takes nothing more.</summary>
    /// <returns>How many messages were reported.</returns>
    public int ReportKept() => Report(TakeKept());

    /// <summary>Takes what is kept, for <see cref="Report"/>, and takes nothing more.</summary>
    public List<Frame> TakeKept()
    {
        Ledger.TryEnd(ifAway: false);
        var kept = Outbox.TakeKept(out var unsent);
        Engine.Metrics.Dropped(unsent, DropReasons.ConnectionClosed);
        return kept;
    }

    /// <summary>Tells the application of what it sent, requests aside, and releases all.</summary>
    /// <returns>How many messages it is told of.</returns>
    public int Report(List<Frame> frames)
    {
        var messages = frames.FindAll(static frame => frame.Request is null && frame.Kind is not (FrameKind.Library or FrameKind.Token));
        if (messages.Count > 0) OnUnconfirmed(messages);
        foreach (var frame in frames) frame.Release();
        return messages.Count;
    }

    /// <summary>Counts a message against the rate limits of its peer; false when it is over one, which is told in its place.</summary>
    public virtual bool TryAdmit(out RateExcess excess)
    {
        excess = default;
        return true;
    }

    /// <summary>A message over a rate limit was told so.</summary>
    public virtual void OnExcess()
    {
    }

    /// <summary>As how many messages a message counts: one, unless it reports a gap (docs/protocol.md section 7, rule 6).</summary>
    public virtual long Weigh(in Message message) => 1;

    /// <summary>Plain text came; valid during the call.</summary>
    public abstract void OnText(ReadOnlyMemory<byte> utf8);

    /// <summary>JSON that is no protocol message came; valid during the call.</summary>
    public abstract void OnJson(ReadOnlyMemory<byte> utf8);

    /// <summary>A binary message came; valid during the call.</summary>
    public abstract void OnBinary(ReadOnlyMemory<byte> data);

    /// <summary>An error message came; valid during the call.</summary>
    public abstract void OnError(in Message message);

    /// <summary>Whether messages are kept for a peer without connection.</summary>
    protected abstract bool KeepsWhileAway { get; }

    /// <summary>Whether direct sends wait for room while the peer is away.</summary>
    protected virtual bool WaitsWhileAway => false;

    /// <summary>The peer does not take its answers, and nothing else is left that could be dropped for them.</summary>
    protected abstract void OnGivenUp();

    /// <summary>These messages were sent, and nobody will ever know whether they came (rule 7). Valid during the call.</summary>
    protected abstract void OnUnconfirmed(IReadOnlyList<Frame> frames);

    /// <summary>The conversation is over for good.</summary>
    protected virtual void OnClosed()
    {
    }

    /// <summary>Puts the newest token in the place of a frame that stands for it; takes over the frame's reference.</summary>
    protected virtual Frame Renew(Frame token) => token;

    /// <summary>Counts copies of unconfirmed messages for the peer until the application's handlers of the event have ended.</summary>
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
        foreach (var request in lost?.Requests ?? []) request.Lose();
        if (lost is not null) Report(lost.Frames);
        ReportOver();
    }

    /// <summary>
    /// Tells of what was queued for a peer that has come back and takes less: requests fail, streamed answers end, the rest is counted.
    /// </summary>
    private void ReportOver()
    {
        if (Outbox.TakeTooLarge() is not { } over) return;
        foreach (var frame in over)
        {
            if (frame.Request is { } request)
                request.Fail(TooLarge.ToSend($"The request '{request.Method}'", frame.Size, Outbox.Size.Bytes));
            else if (frame.Kind == FrameKind.StreamItem) EndStream(frame);
            else Engine.Metrics.Dropped(1, DropReasons.TooLarge);
        }
        // A side that never drops says so; the peer of one that does is told of the gap.
        if (Outbox.Policy is null) Report(over);
        else over.ForEach(static frame => frame.Release());
    }

    /// <summary>Nobody waits for the rest of an answer of which an item is too large.</summary>
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

    /// <summary>
    /// Refuses a message of the application that is larger than the peer takes, to its sender (docs/protocol.md section 4).
    /// </summary>
    private EnqueueOutcome RefuseSize(Frame frame)
    {
        var refused = new EnqueueOutcome(EnqueueStatus.TooLarge, Refusal: TooLarge.ToSend("The message", frame.Size, Outbox.Size.Bytes));
        frame.Release();
        return refused;
    }

    /// <summary>Nobody comes back for what is sent to this peer, so it is not kept.</summary>
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
