using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>One request of the peer. It is answered once.</summary>
/// <remarks>
/// The request ends only once: by its handler, its deadline, the cancellation of its caller, or the end of its session. Request objects are
/// never reused, so a context that is used too late cannot affect another request. Safe to use concurrently.
/// </remarks>
internal sealed class InboundRequest : IOpenRequest
{
    private readonly IdText _idText;
    private CancellationTokenSource? _cancellation;
    private RequestDeadline? _deadline;
    private volatile RequestState _state;
    private volatile bool _isOnReader = true;
    private volatile bool _isRegistered;

    /// <param name="session">The session that received the request.</param>
    /// <param name="method">The method.</param>
    /// <param name="message">The received request. It is valid only during the call.</param>
    /// <param name="payload">The bytes of the message that the request keeps.</param>
    /// <param name="pipeline">The guards and filters around the handler. Default: none.</param>
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

    /// <summary>Runs guards, filters and the handler.</summary>
    public RequestRun Run { get; }

    /// <summary>Measures and traces the request; null when there is no listener.</summary>
    public RequestTelemetry? Telemetry { get; }

    /// <summary>The context that all filters and the handler share. Null until it is first used.</summary>
    public RequestContextBase? Context { get; set; }

    /// <summary>Indicates whether the request has not ended yet.</summary>
    public bool IsOpen => _state == RequestState.Running;

    /// <summary>Indicates whether the request was ended by anything other than its handler.</summary>
    public bool IsAbandoned => _state is RequestState.TimedOut or RequestState.Cancelled or RequestState.Abandoned;

    /// <summary>Indicates whether the request is still on the reader, which sends answers at the end of its batch.</summary>
    public bool IsOnReader => _isOnReader;

    /// <summary>Cancelled when the request times out, its caller cancels, or its session ends.</summary>
    public CancellationToken CancellationToken
    {
        get
        {
            // Otherwise, the end of the session would not find the request.
            Register();
            if (_cancellation is null) Interlocked.CompareExchange(ref _cancellation, new CancellationTokenSource(), null);
            if (IsAbandoned) _cancellation.Cancel();
            return _cancellation.Token;
        }
    }

    private Engine Engine => Session.Engine;

    /// <summary>Answers the request with success.</summary>
    /// <param name="data">The data of the answer.</param>
    /// <param name="hasReturned">Whether the handler has returned the result, and so does not need the payload any more.</param>
    /// <exception cref="InvalidOperationException">The handler has answered already.</exception>
    public void Succeed<TBody>(TBody data, bool hasReturned)
        where TBody : IJsonBody => Answer(Engine.Encoder.Success(_idText, data), null, hasReturned);

    /// <summary>Answers the request with an error.</summary>
    /// <exception cref="InvalidOperationException">The handler has answered already.</exception>
    public void Fail<TBody>(string code, string message, TBody details)
        where TBody : IJsonBody => Answer(Engine.Encoder.Failure(_idText, code, message, details), code, hasReturned: false);

    /// <summary>Answers with success and no data, unless the request has already ended. Called when the handler returned.</summary>
    public void Complete()
    {
        if (IsOpen) TryAnswer(Engine.Encoder.Success(_idText, default(RawJson)), RequestState.Answered, null, hasReturned: true);
    }

    /// <summary>Answers with the exception of the handler, a filter or a guard, unless the request has already ended.</summary>
    public void Fail(Exception exception)
    {
        // An abandoned handler usually ends with this exception, because its token is cancelled.
        if (IsAbandoned && exception is OperationCanceledException) return;
        Failures.Log(Engine, Method.Name, exception);
        if (IsOpen && TryAnswer(
            Failures.Encode(Engine, Method.Name, _idText, exception, out var code), RequestState.Answered, code, hasReturned: true)) return;
        if (IsAbandoned) Engine.Metrics.LateAnswer();
    }

    /// <summary>Answers with an error that was not thrown, unless the request has already ended.</summary>
    /// <param name="refusal">The error.</param>
    /// <param name="wake">False when the reader sends the answer at the end of its batch.</param>
    public void Refuse(HeliosException refusal, bool wake = true)
    {
        if (IsOpen) TryAnswer(
            Failures.Encode(Engine, Method.Name, _idText, refusal, out var code), RequestState.Answered, code, hasReturned: true, wake);
    }

    /// <summary>Answers that the payload is invalid, unless the request has already ended.</summary>
    public void Refuse(IReadOnlyList<ValidationError> errors)
    {
        if (IsOpen)
            TryAnswer(Failures.Encode(Engine, _idText, errors), RequestState.Answered, ErrorCodes.ValidationError, hasReturned: true);
    }

    /// <summary>Sends a notification of this request. It arrives before the answer.</summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">The data of the notification.</param>
    /// <param name="isDroppable">Whether it may be dropped when the receiver is slow.</param>
    /// <exception cref="InvalidOperationException">The handler has answered already.</exception>
    public ValueTask<SendResult> NotifyAsync<TBody>(string topic, TBody data, bool isDroppable = true)
        where TBody : IJsonBody
    {
        if (_state == RequestState.Answered)
            throw new InvalidOperationException($"Request '{Method.Name}' is answered already. Send its notifications before its answer.");
        var frame = Engine.Encoder.Notification(topic, data, _idText, isDroppable);
        EnqueueOutcome sent;
        // The check and the queuing must be atomic. Otherwise, the notification could be queued after the answer.
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
    public void ReleasePlace() => Run.OnAbandoned();

    /// <inheritdoc/>
    public void Cancel(string? reason)
    {
        const string text = "Request cancelled";
        var answer = reason is null
            ? Engine.Encoder.Failure(_idText, ErrorCodes.RequestCancelled, text, default(RawJson))
            : Engine.Encoder.Failure(_idText, ErrorCodes.RequestCancelled, text, new ErrorDetails(("reason", reason)));
        if (!TryAnswer(answer, RequestState.Cancelled, ErrorCodes.RequestCancelled, hasReturned: false)) return;
        CancelToken();
        Run.OnAbandoned();
    }

    /// <summary>Ends the request because its time limit has passed.</summary>
    public void TimeOut(TimeSpan limit)
    {
        var answer = Engine.Encoder.Failure(
            _idText, ErrorCodes.RequestTimeout, "Request timed out", new ErrorDetails(("timeout", (long)limit.TotalMilliseconds)));
        if (!TryAnswer(answer, RequestState.TimedOut, ErrorCodes.RequestTimeout, hasReturned: false)) return;
        CancelToken();
        Engine.HandlerLog.TimedOut(Method.Name, limit, hasWaited: Run.OnAbandoned());
    }

    /// <summary>
    /// Called when the reader moves on while the request is open. From now on, its deadline, its caller and the end of its session can end
    /// it.
    /// </summary>
    public void LeaveReader()
    {
        Payload.Charge(Session);
        Register();
        _isOnReader = false;
        // A full fence. If another thread abandoned the request before, it left the clean-up to the reader, which sees the new state after
        // this line.
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
        // The session has ended in the meantime.
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
        // The outbox replaces such an answer by an error.
        if (Session.Outbox.Size.IsExceededBy(frame)) code = ErrorCodes.RequestPayloadTooLarge;
        lock (this)
        {
            if (_state != RequestState.Running)
            {
                frame.Release();
                return false;
            }
            _state = state;
            // The peer must not appear quiet between the end of the request and the queuing of its answer.
            Session.Budget.BeginAnswer();
            if (_isRegistered) Session.Inbound.TryRemove(Id, out _);
            // This comes before the caller can get the answer. Otherwise, the next request of a caller that has reached its limit would be
            // refused.
            if (hasReturned) Payload.Release(Session);
            sent = Session.Enqueue(frame);
            Session.Budget.EndAnswer();
        }
        // The rest may run other code, so it comes after the lock. The reader sends its answers at the end of its batch.
        Session.FinishSend(in sent, wake && !_isOnReader);
        Session.Budget.SignalIfQuiet();
        _deadline?.Dispose();
        Telemetry?.End(code);
        return true;
    }

    // Callbacks of the token are application code. They run on the thread pool, not on the reader or in the timer.
    private void CancelToken() => _ = _cancellation?.CancelAsync();
}
