using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>One request of the peer, and its one answer.</summary>
/// <remarks>
/// The first to end it answers it: its handler, its deadline, its caller's cancellation or the end of its session. It is never reused, so a
/// context that is used too late reaches no other request. Safe to use concurrently.
/// </remarks>
internal sealed class InboundRequest : IOpenRequest
{
    private readonly IdText _idText;
    private CancellationTokenSource? _cancellation;
    private RequestDeadline? _deadline;
    private volatile RequestState _state;
    private volatile bool _isWithReader = true;
    private volatile bool _isRegistered;

    /// <param name="session">Whose request it is.</param>
    /// <param name="method">What is called.</param>
    /// <param name="message">The request as it came; valid during the call.</param>
    /// <param name="payload">What it keeps of the message.</param>
    /// <param name="pipeline">What runs around the method's handler. Default nothing.</param>
    public InboundRequest(Session session, MethodEntry method, in Message message, RequestPayload payload, MethodPipeline? pipeline = null)
    {
        (Session, Method, Id, Payload) = (session, method, message.Id, payload);
        _idText = IdText.From(message.IdText.Span);
        Telemetry = RequestTelemetry.Start(this);
        Run = new RequestRun(this, pipeline);
    }

    public Session Session { get; }

    public MethodEntry Method { get; }

    public Guid Id { get; }

    public RequestPayload Payload { get; }

    /// <summary>What guards, filters and the handler do with it.</summary>
    public RequestRun Run { get; }

    /// <summary>What is measured of it; null when nobody listens.</summary>
    public RequestTelemetry? Telemetry { get; }

    /// <summary>What filters and handler are given, the same for all of them. Null until the first of them asks.</summary>
    public RequestContextBase? Context { get; set; }

    /// <summary>Whether nobody has ended the request yet.</summary>
    public bool IsOpen => _state == RequestState.Running;

    /// <summary>Whether somebody else than the handler has ended the request.</summary>
    public bool IsAbandoned => _state is RequestState.TimedOut or RequestState.Cancelled or RequestState.Abandoned;

    /// <summary>Whether the reader has not moved on yet. It sends the answers at the end of its batch.</summary>
    public bool IsWithReader => _isWithReader;

    /// <summary>Cancelled when the request times out, its caller cancels, or its session ends.</summary>
    public CancellationToken CancellationToken
    {
        get
        {
            // Without it, the end of the session would not find the request.
            Register();
            if (_cancellation is null) Interlocked.CompareExchange(ref _cancellation, new CancellationTokenSource(), null);
            if (IsAbandoned) _cancellation.Cancel();
            return _cancellation.Token;
        }
    }

    private Engine Engine => Session.Engine;

    /// <summary>Answers with success.</summary>
    /// <param name="data">What the answer says.</param>
    /// <param name="hasReturned">Whether the handler has returned what it answers with, and so needs its payload no more.</param>
    /// <exception cref="InvalidOperationException">The handler has answered already.</exception>
    public void Succeed<TBody>(TBody data, bool hasReturned)
        where TBody : IJsonBody => Answer(Engine.Encoder.Success(_idText, data), null, hasReturned);

    /// <summary>Answers with failure.</summary>
    /// <exception cref="InvalidOperationException">The handler has answered already.</exception>
    public void Fail<TBody>(string code, string message, TBody details)
        where TBody : IJsonBody => Answer(Engine.Encoder.Failure(_idText, code, message, details), code, hasReturned: false);

    /// <summary>The handler has returned nothing: success without data, unless the request is answered already.</summary>
    public void Complete()
    {
        if (IsOpen) TryAnswer(Engine.Encoder.Success(_idText, default(RawJson)), RequestState.Answered, null, hasReturned: true);
    }

    /// <summary>The handler, a filter or a guard has thrown.</summary>
    public void Fail(Exception exception)
    {
        // What an abandoned handler does about its cancelled token is nobody's concern any more.
        if (IsAbandoned && exception is OperationCanceledException) return;
        Failures.Log(Engine, Method.Name, exception);
        if (IsOpen && TryAnswer(
            Failures.Encode(Engine, Method.Name, _idText, exception, out var code), RequestState.Answered, code, hasReturned: true)) return;
        if (IsAbandoned) Engine.Metrics.LateAnswer();
    }

    /// <summary>Answers with a failure that nobody threw, unless the request is answered already.</summary>
    /// <param name="refusal">The failure.</param>
    /// <param name="wake">False when the reader sends the answer with its batch.</param>
    public void Refuse(HeliosException refusal, bool wake = true)
    {
        if (IsOpen) TryAnswer(
            Failures.Encode(Engine, Method.Name, _idText, refusal, out var code), RequestState.Answered, code, hasReturned: true, wake);
    }

    /// <summary>Answers that the payload is not what the method takes, unless the request is answered already.</summary>
    public void Refuse(IReadOnlyList<ValidationError> errors)
    {
        if (IsOpen)
            TryAnswer(Failures.Encode(Engine, _idText, errors), RequestState.Answered, ErrorCodes.ValidationError, hasReturned: true);
    }

    /// <summary>Sends a notification tied to this request, before its answer.</summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">What it says.</param>
    /// <param name="isDroppable">Whether a slow receiver may miss it.</param>
    /// <exception cref="InvalidOperationException">The handler has answered already.</exception>
    public ValueTask<SendResult> NotifyAsync<TBody>(string topic, TBody data, bool isDroppable = true)
        where TBody : IJsonBody
    {
        if (_state == RequestState.Answered)
            throw new InvalidOperationException($"Request '{Method.Name}' is answered already. Send its notifications before its answer.");
        var frame = Engine.Encoder.Notification(topic, data, _idText, isDroppable);
        EnqueueOutcome sent;
        // Checked and queued in one step, or it could come behind the answer.
        lock (this)
        {
            if (!IsOpen)
            {
                frame.Release();
                return new ValueTask<SendResult>(SendResult.Dropped);
            }
            sent = Session.Queue(frame);
        }
        return Session.FinishSendAsync(sent, default);
    }

    /// <inheritdoc/>
    public void LeavePlace() => Run.OnAbandoned();

    /// <inheritdoc/>
    public void Cancel(string? reason)
    {
        const string text = "Request cancelled";
        End(RequestState.Cancelled, ErrorCodes.RequestCancelled, reason is null
            ? Engine.Encoder.Failure(_idText, ErrorCodes.RequestCancelled, text, default(RawJson))
            : Engine.Encoder.Failure(_idText, ErrorCodes.RequestCancelled, text, new ErrorDetails(("reason", reason))));
    }

    /// <summary>Ends the request because its time limit has passed.</summary>
    public void TimeOut(TimeSpan limit)
    {
        if (End(RequestState.TimedOut, ErrorCodes.RequestTimeout, Engine.Encoder.Failure(
            _idText, ErrorCodes.RequestTimeout, "Request timed out", new ErrorDetails(("timeout", (long)limit.TotalMilliseconds)))))
            Engine.HandlerLog.TimedOut(Method.Name, limit, Run.HasLeftQueue);
    }

    /// <summary>
    /// The reader moves on and the request stays open: from now on its deadline, its caller and the end of its session find it.
    /// </summary>
    public void LeaveReader()
    {
        Payload.Charge(Session);
        Register();
        _isWithReader = false;
        // A full fence: a thread that abandoned the request before has left it to the reader, which sees that after this line.
        Interlocked.MemoryBarrier();
        if (!IsOpen) return;
        _deadline = RequestDeadline.Start(this);
        if (!IsOpen) _deadline?.Dispose();
    }

    private void Register()
    {
        if (_isRegistered) return;
        lock (this)
        {
            if (_isRegistered || !IsOpen) return;
            _isRegistered = Session.Inbound.TryAdd(Id, this);
        }
        // Its session has ended meanwhile.
        if (!_isRegistered) Session.Abandon([this]);
    }

    private void Answer(Frame frame, string? code, bool hasReturned)
    {
        if (TryAnswer(frame, RequestState.Answered, code, hasReturned)) return;
        if (_state == RequestState.Answered)
            throw new InvalidOperationException(
                $"Request '{Method.Name}' is answered already. Answer once: return a value, call Success or Error, or throw.");
        Engine.Metrics.LateAnswer();
    }

    private bool End(RequestState state, string code, Frame frame)
    {
        if (!TryAnswer(frame, state, code, hasReturned: false)) return false;
        CancelToken();
        Run.OnAbandoned();
        return true;
    }

    /// <inheritdoc/>
    public bool TryAbandon()
    {
        lock (this)
        {
            if (_state != RequestState.Running) return false;
            _state = RequestState.Abandoned;
        }
        _deadline?.Dispose();
        CancelToken();
        Telemetry?.End(ErrorCodes.ConnectionClosed);
        return true;
    }

    private bool TryAnswer(Frame frame, RequestState state, string? code, bool hasReturned, bool wake = true)
    {
        EnqueueOutcome sent;
        // A failure takes its place.
        if (Session.Outbox.Size.IsExceededBy(frame)) code = ErrorCodes.RequestPayloadTooLarge;
        lock (this)
        {
            if (_state != RequestState.Running)
            {
                frame.Release();
                return false;
            }
            _state = state;
            // The session is not quiet between the end of the request and its queued answer.
            Session.Budget.BeginAnswer();
            if (_isRegistered) Session.Inbound.TryRemove(Id, out _);
            // Before its caller can know: a caller that has as many requests open as it may would be refused its next one.
            if (hasReturned) Payload.Release(Session);
            sent = Session.Enqueue(frame);
            Session.Budget.EndAnswer();
        }
        // The rest tells others, and so comes behind the lock. The reader sends what it has queued at the end of its batch.
        Session.FinishSend(in sent, wake && !_isWithReader);
        Session.Budget.OnLessToDo();
        _deadline?.Dispose();
        Telemetry?.End(code);
        return true;
    }

    // Callbacks of the token are application code: they run on the pool, not on the reader or the timer.
    private void CancelToken() => _ = _cancellation?.CancelAsync();
}
