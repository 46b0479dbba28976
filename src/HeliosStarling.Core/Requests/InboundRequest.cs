using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>One request of the peer from its arrival to the end of its handler.</summary>
/// <remarks>
/// It is answered exactly once, by whoever comes first: its handler, its time limit, its caller's cancellation or the end of its session.
/// </remarks>
internal sealed partial class InboundRequest
{
    private IdText _idText;
    private MethodRun? _run;
    private byte[]? _buffer;
    private CancellationTokenSource? _cancellation;
    private ITimer? _timer;
    private volatile RequestState _state;
    private volatile bool _starting = true;
    private volatile bool _hasEnded;
    private volatile bool _isRegistered;
    private bool _isKept;

    // Whether somebody who has answered it is not through with it yet.
    private bool _isFinishing;
    private IAsyncDisposable? _scope;

    // Which thread reads, until the reader moves on, and whether its handler goes on then.
    private int _readerThread;
    private volatile bool _goesOn;

    public Session Session { get; private set; } = null!;

    public MethodEntry Method { get; private set; } = null!;

    public Guid Id { get; private set; }

    /// <summary>Raw JSON, empty when absent. Lives until the handler has returned, or has ended once it is kept.</summary>
    public ReadOnlyMemory<byte> Payload { get; private set; }

    /// <summary>Raw JSON, empty when absent. Lives as long as <see cref="Payload"/>.</summary>
    public ReadOnlyMemory<byte> Metadata { get; private set; }

    /// <summary>Whether the handler has ended and the payload is gone.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Whether nobody has ended the request yet.</summary>
    public bool IsOpen => _state == RequestState.Running;

    /// <inheritdoc cref="CancellationTokenOf"/>
    public CancellationToken CancellationToken
    {
        get
        {
            // Else the end of its session would not be seen.
            Register();
            if (_cancellation is null) Interlocked.CompareExchange(ref _cancellation, new CancellationTokenSource(), null);
            if (IsAbandoned) _cancellation.Cancel();
            return _cancellation.Token;
        }
    }

    private Engine Engine => Session.Engine;

    private bool IsAbandoned => _state is RequestState.TimedOut or RequestState.Cancelled or RequestState.Abandoned;

    private void RunUnobserved()
    {
        try
        {
            var running = _run is null ? Method.Handler(this) : _run.RunAsync(this);
            if (running.IsCompletedSuccessfully)
            {
                running.GetAwaiter().GetResult();
                EndSuccessfully();
                return;
            }
            _goesOn = true;
            // In this order: it may be ended elsewhere by now.
            if (Method.KeepsPayload) TryKeepPayload();
            Register();
            LeaveStart();
            TakePlace();
            if (_timer is null) StartTimer();
            _ = AwaitAsync(running);
        }
        catch (Exception exception)
        {
            Fail(exception);
            End();
        }
    }

    /// <summary>Answers with success.</summary>
    /// <param name="data">What it says.</param>
    /// <param name="by">The context that answers; null for the library itself.</param>
    /// <exception cref="InvalidOperationException">The handler has answered already.</exception>
    public void Succeed<TBody>(TBody data, RequestContextBase? by = null)
        where TBody : IJsonBody => Answer(EngineOf(by).Encoder.Success(_idText, data), null, by);

    /// <summary>Answers with failure.</summary>
    /// <exception cref="InvalidOperationException">The handler has answered already.</exception>
    public void Fail<TBody>(string code, string message, TBody details, RequestContextBase by)
        where TBody : IJsonBody => Answer(EngineOf(by).Encoder.Failure(_idText, code, message, details), code, by);

    /// <summary>Sends a notification tied to this request, before its answer.</summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">What it says.</param>
    /// <param name="isDroppable">Whether a slow receiver may miss it.</param>
    /// <param name="by">The context that sends it; null for the library itself.</param>
    public ValueTask<SendResult> NotifyAsync<TBody>(string topic, TBody data, bool isDroppable = true, RequestContextBase? by = null)
        where TBody : IJsonBody
    {
        var session = by?.Session ?? Session;
        if (_state == RequestState.Answered || !Serves(by))
            throw new InvalidOperationException($"Request '{by?.Method ?? Method.Name}' is answered already. Send its notifications before its answer.");
        var frame = EngineOf(by).Encoder.Notification(topic, data, _idText, isDroppable);
        Enqueued sent;
        // Checked and queued in one step, or it could come behind the answer.
        lock (this)
        {
            if (IsOpen && Serves(by)) sent = session.Queue(frame);
            else
            {
                frame.Release();
                return new ValueTask<SendResult>(SendResult.Dropped);
            }
        }
        return session.FinishSendAsync(sent, default);
    }

    /// <summary>Answers with a failure that nobody threw, unless the request is answered already.</summary>
    public void Refuse(HeliosException refusal)
    {
        if (IsOpen) TryAnswer(Failures.Encode(Engine, Method.Name, _idText, refusal, out var code), RequestState.Answered, code);
    }

    /// <summary>Answers that the payload is not what the method takes, unless the request is answered already.</summary>
    public void Refuse(IReadOnlyList<ValidationError> errors)
    {
        if (IsOpen) TryAnswer(Failures.Encode(Engine, _idText, errors), RequestState.Answered, ErrorCodes.ValidationError);
    }

    /// <summary>Ends the request because its caller asks for it.</summary>
    public void Cancel(string? reason)
    {
        var frame = reason is null
            ? Engine.Encoder.Failure(_idText, ErrorCodes.RequestCancelled, "Request cancelled", default(RawJson))
            : Engine.Encoder.Failure(_idText, ErrorCodes.RequestCancelled, "Request cancelled", new Details(("reason", reason)));
        if (!TryAnswer(frame, RequestState.Cancelled, ErrorCodes.RequestCancelled)) return;
        CancelToken();
        OnAbandoned();
    }

    /// <summary>Ends requests because their session does: there is nobody to answer.</summary>
    public static void Abandon(IEnumerable<InboundRequest> requests)
    {
        // All are ended before the first gives its place back: else that place would go to the next of them, whose handler would run for nobody.
        foreach (var request in requests.Where(static request => request.TryAbandon()).ToList()) request.OnAbandoned();
    }

    private bool TryAbandon()
    {
        lock (this)
        {
            if (_state != RequestState.Running) return false;
            _state = RequestState.Abandoned;
        }
        _timer?.Dispose();
        CancelToken();
        EndObserving(ErrorCodes.ConnectionClosed);
        return true;
    }

    private async Task AwaitAsync(ValueTask running)
    {
        try
        {
            await running.ConfigureAwait(false);
            EndSuccessfully();
        }
        catch (Exception exception)
        {
            Fail(exception);
            End();
        }
    }

    private void EndSuccessfully()
    {
        if (IsOpen) TryAnswer(Engine.Encoder.Success(_idText, default(RawJson)), RequestState.Answered, null);
        End();
    }

    private void End()
    {
        _hasEnded = true;
        GiveBackPlace();
        LetGoOfBytes();
        ReturnBuffer();
        if (_scope is not null && Interlocked.Exchange(ref _scope, null) is { } scope) _ = EndScopeAsync(scope);
    }

    private async Task EndScopeAsync(IAsyncDisposable scope)
    {
        try
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Engine.Logger.HandlerFailed(Method.Name, exception);
        }
    }

    private void Fail(Exception exception)
    {
        // What an abandoned handler does about its cancelled token is nobody's concern any more.
        if (IsAbandoned && exception is OperationCanceledException) return;
        Failures.Log(Engine, Method.Name, exception);
        if (IsOpen && TryAnswer(Failures.Encode(Engine, Method.Name, _idText, exception, out var code), RequestState.Answered, code)) return;
        if (IsAbandoned) Engine.Metrics.LateAnswer();
    }

    private void Answer(Frame frame, string? code, RequestContextBase? by)
    {
        if (TryAnswer(frame, RequestState.Answered, code, by)) return;
        if (_state == RequestState.Answered || !Serves(by))
            throw new InvalidOperationException($"Request '{by?.Method ?? Method.Name}' is answered already. Answer once: return a value, call Success or Error, or throw.");
        EngineOf(by).Metrics.LateAnswer();
    }

    // A context's own: the request may serve another session by now.
    private Engine EngineOf(RequestContextBase? by) => (by?.Session ?? Session).Engine;

    private bool TryAnswer(Frame frame, RequestState state, string? code, RequestContextBase? by = null)
    {
        if (IsKnownToReaderAlone)
        {
            if (!TryEnd(frame, state, by)) return false;
        }
        else
        {
            lock (this)
            {
                if (!TryEnd(frame, state, by)) return false;
                _isFinishing = true;
            }
        }
        Session.OnLessToDo();
        _timer?.Dispose();
        // While the reader works through a batch, it sends the answers at its end. Asked after queueing: else the batch could end unseen.
        if (!_starting) Session.Connection?.Wake();
        // Last: the application listens.
        EndObserving(code);
        Volatile.Write(ref _isFinishing, false);
        return true;
    }

    private bool TryEnd(Frame frame, RequestState state, RequestContextBase? by)
    {
        if (_state != RequestState.Running || !Serves(by))
        {
            frame.Release();
            return false;
        }
        _state = state;
        // Who waits for a quiet session waits for its readers, too.
        var isOffReader = !_starting;
        if (isOffReader) Session.BeginAnswer();
        if (_isRegistered) Session.Inbound.TryRemove(Id, out _);
        // Before its caller can know: else a caller that has as many open as it may is refused its next one.
        if (state == RequestState.Answered) LetGoOfBytes();
        Session.Send(frame, wake: false);
        if (isOffReader) Session.EndAnswer();
        return true;
    }

    private void StartTimer()
    {
        var timeout = Method.Options.Timeout ?? Engine.RequestTimeout;
        if (timeout == Timeout.InfiniteTimeSpan || !IsOpen) return;
        _timer = Engine.Time.CreateTimer(static request => ((InboundRequest)request!).TimeOut(), this, timeout, Timeout.InfiniteTimeSpan);
        if (!IsOpen) _timer.Dispose();
    }

    private void TimeOut()
    {
        var timeout = (long)(Method.Options.Timeout ?? Engine.RequestTimeout).TotalMilliseconds;
        var frame = Engine.Encoder.Failure(_idText, ErrorCodes.RequestTimeout, "Request timed out", new Details(("timeout", timeout)));
        if (!TryAnswer(frame, RequestState.TimedOut, ErrorCodes.RequestTimeout)) return;
        CancelToken();
        OnAbandoned();
    }

    // Callbacks of the token are the application's code: they run on the pool, not on the reader or the timer.
    private void CancelToken() => _ = _cancellation?.CancelAsync();

    /// <summary>It stays open when the reader moves on: from now on its caller's cancellation and the end of its session find it.</summary>
    private void Register()
    {
        if (_isRegistered) return;
        lock (this)
        {
            if (_isRegistered || !IsOpen) return;
            _isRegistered = Session.Inbound.TryAdd(Id, this);
        }
        // Its session has ended meanwhile.
        if (!_isRegistered) Abandon([this]);
    }

    /// <summary>The frame's memory lives only as long as the reader's call: copies what is in it, once. False when the handler has ended.</summary>
    private bool TryKeepPayload()
    {
        lock (this)
        {
            if (HasEnded) return false;
            if (!_isKept) CopyPayload();
            _isKept = true;
        }
        if (!HasEnded) return true;
        ReturnBuffer();
        return false;
    }

    private void CopyPayload()
    {
        var length = Payload.Length + Metadata.Length;
        if (length == 0) return;
        var buffer = Engine.Buffers.Rent(length);
        Payload.CopyTo(buffer);
        Metadata.CopyTo(buffer.AsMemory(Payload.Length));
        Metadata = buffer.AsMemory(Payload.Length, Metadata.Length);
        Payload = buffer.AsMemory(0, Payload.Length);
        // A full fence: whoever ends it at this moment sees the buffer, or is seen.
        Interlocked.Exchange(ref _buffer, buffer);
    }

    private void ReturnBuffer()
    {
        if (_buffer is not null && Interlocked.Exchange(ref _buffer, null) is { } buffer) Engine.Buffers.Return(buffer);
    }
}
