using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A request to the peer. Await it to get the answer. It can be cancelled, and its notifications can be observed.</summary>
/// <remarks>
/// Safe to use concurrently. Notifications of one request are delivered one after another, in the order in which the handler sent them, and
/// before the answer.
/// </remarks>
public abstract partial class StarlingRequest : ISentRequest
{
    private readonly RequestListeners _listeners;
    private readonly bool _retries;
    private ITimer? _timer;
    private CancellationTokenRegistration _registration;
    private Frame? _first;
    private int _ended;
    private int _sending;

    internal StarlingRequest(Session session, string method, bool retries)
    {
        (Session, Method, _retries) = (session, method, retries);
        _listeners = new RequestListeners(session, this);
    }

    /// <summary>The name of the called method.</summary>
    public string Method { get; }

    /// <summary>The id of the request and of its answer. It changes when the request is sent again.</summary>
    public Guid Id { get; private set; } = Guid.NewGuid();

    bool IQueuedRequest.IsSent => Volatile.Read(ref _sending) == (int)Sending.Sent;

    bool IQueuedRequest.IsWithdrawn => Volatile.Read(ref _sending) == (int)Sending.Withdrawn;

    /// <summary>Completes when the request is answered, and fails when the request fails.</summary>
    private protected abstract Task Settled { get; }

    Task ISentRequest.Settled => Settled;

    private protected Session Session { get; }

    /// <summary>
    /// Calls <paramref name="handler"/> for each notification of this request whose topic matches. Notifications that arrived before the
    /// answer was first awaited, and before a stream was opened, are delivered first. They are discarded when they exceed the memory limit.
    /// </summary>
    /// <param name="pattern">A topic in which <c>*</c> matches one segment and a final <c>**</c> matches the rest.</param>
    /// <param name="handler">Runs on the connection's reader, or on this thread for earlier notifications, so it should be quick. The
    /// handlers of one request run one after another, and the answer completes after them. Its exceptions are logged.</param>
    /// <returns>An object to dispose of to remove the handler. A running call continues.</returns>
    /// <exception cref="ArgumentException">The pattern is malformed.</exception>
    public IDisposable OnNotification<T>(string pattern, Action<T> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var type = Session.Engine.TypeInfo<T>();
        return _listeners.Add(TopicPattern.Parse(pattern), data => handler(PayloadJson.ReadRequired(data, type)));
    }

    /// <summary>Calls <paramref name="handler"/> for each <c>progress</c> of this request.</summary>
    /// <inheritdoc cref="OnNotification"/>
    public IDisposable OnProgress<T>(Action<T> handler) => OnNotification(WireNames.Progress, handler);

    /// <summary>Reads the items of a streamed answer in order. Ends when the request succeeds, and throws when it fails.</summary>
    /// <remarks>
    /// Items wait in memory until they are read. When the waiting items exceed the limit (<c>MaxRequestBytesPerStarling</c> on a server,
    /// <c>MaxWaitingBytes</c> on a client), the request is cancelled and fails with <c>REQUEST_QUEUE_FULL</c>, which is thrown after the
    /// items that arrived before. Leaving the loop early cancels the request. An item that cannot be read as <typeparamref name="T"/>
    /// throws <c>RESPONSE_UNREADABLE</c> and cancels the request, so no item is skipped. Null is a valid item when <typeparamref name="T"/>
    /// is a reference type or nullable. <c>RESPONSE_UNREADABLE</c> is also thrown when the method answers with a value instead of a stream.
    /// </remarks>
    public async IAsyncEnumerable<T> Stream<T>([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var type = Session.Engine.TypeInfo<T>();
        var stream = _listeners.OpenStream();
        try
        {
            await foreach (var kept in stream.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return ReadItem(kept, type)!;
            }
        }
        finally
        {
            stream.Dispose();
            await CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Asks the peer to cancel the request, which then fails with <c>REQUEST_CANCELLED</c>. Does nothing after the answer.
    /// </summary>
    /// <param name="reason">The reason, which is sent in the details of the error. Default: none.</param>
    public async ValueTask CancelAsync(string? reason = null)
    {
        if (Volatile.Read(ref _ended) == 1) return;
        if (TryWithdraw()) Fail(new HeliosException(ErrorCodes.RequestCancelled, "The request was cancelled before it was sent."));
        else await Session.SendDirectAsync(EncodeCancel(reason), default).ConfigureAwait(false);
    }

    /// <summary>Waits for the answer and ignores its data. Throws when the request fails.</summary>
    public TaskAwaiter GetAwaiter()
    {
        StopCollecting();
        return Settled.GetAwaiter();
    }

    /// <summary>Waits for the answer as <see cref="Task.ConfigureAwait(bool)"/> does.</summary>
    public ConfiguredTaskAwaitable ConfigureAwait(bool continueOnCapturedContext)
    {
        StopCollecting();
        return Settled.ConfigureAwait(continueOnCapturedContext);
    }

    internal void Start(Frame frame, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!Session.Outbound.TryAdd(Id, this))
        {
            frame.Release();
            Fail(new HeliosException(ErrorCodes.ConnectionClosed, "The connection is closed."));
            return;
        }
        if (timeout != Timeout.InfiniteTimeSpan)
            _timer = Session.Engine.Time.CreateTimer(
                static request => ((StarlingRequest)request!).TimeOut(), this, timeout, Timeout.InfiniteTimeSpan);
        _registration = cancellationToken.UnsafeRegister(static (request, token) => ((StarlingRequest)request!).Withdraw(token), this);
        if (Volatile.Read(ref _ended) == 1)
        {
            // The request was cancelled before it was sent, so the peer never gets it.
            frame.Release();
            StopWaiting();
            return;
        }
        if (_retries) _first = frame.Retain();
        Enqueue(frame);
    }

    private void Enqueue(Frame frame)
    {
        var size = frame.Size;
        if (Session.SendRequest(frame) is not EnqueueStatus.Queued and var refused) Fail(Session.WhyNotSent(this, size, refused));
        if (Volatile.Read(ref _ended) == 1) StopWaiting();
    }

    bool IQueuedRequest.TryMarkSent() =>
        Interlocked.CompareExchange(ref _sending, (int)Sending.Sent, (int)Sending.Unsent) != (int)Sending.Withdrawn;

    void IQueuedRequest.MarkUnsent() => Interlocked.CompareExchange(ref _sending, (int)Sending.Unsent, (int)Sending.Sent);

    void ISentRequest.OnLost()
    {
        if (_retries && TryRetry()) return;
        Fail(new HeliosException(
            ErrorCodes.StateRecoveryFailed, $"The connection was lost for good while '{Method}' was on its way: it may have run."));
    }

    void ISentRequest.Notify(in Message message)
    {
        if (_listeners.Deliver(message.Name, message.Data) || !TryEnd()) return;
        Session.Send(EncodeCancel("overflow"));
        FailAtOnce(CreateOverflowError());
    }

    /// <summary>Creates the error for a request whose waiting notifications exceed the limit of the peer.</summary>
    internal HeliosException CreateOverflowError() => MarkAsOfRequest(
        new HeliosException(ErrorCodes.RequestQueueFull, $"Too many notifications and stream items of '{Method}' wait here, because they are not read fast enough. At most {Session.Engine.Lanes.Limits.BytesPerPeer} bytes may wait ({Session.Engine.Lanes.Limits.BytesOption})."));

    void ISentRequest.Complete(in Message message)
    {
        if (!message.Success)
        {
            ((ISentRequest)this).FailAnswered(new HeliosException(
                message.ErrorCode!, message.ErrorMessage!, message.Data.IsEmpty ? null : PayloadJson.ReadElement(message.Data)));
            return;
        }
        if (!TryEnd()) return;
        EndTelemetry(code: null);
        var isValue = !PayloadJson.IsNull(message.Data);
        // Null ends a stream. A caller that reads neither items nor a value would take it for the answer.
        if (isValue || !ReadsAnswer || !_listeners.HaveMissedItems) KeepResult(message.Data);
        else KeepFailure(CreateMismatchError("streams its answer. Read it with Stream<T>() instead of Request<T>()"));
        _listeners.EndInOrder(failure: null, isValue);
    }

    /// <summary>Creates the error for the reader of a stream when the method does not stream.</summary>
    internal HeliosException CreateNotStreamedError() =>
        CreateMismatchError("answered with a value instead of a stream. Read it with Request<T>() instead of Stream<T>()");

    void ISentRequest.FailAnswered(HeliosException failure)
    {
        if (!TryEnd()) return;
        EndTelemetry(failure.Code);
        MarkAsOfRequest(failure);
        KeepFailure(failure);
        _listeners.EndInOrder(failure);
    }

    void ISentRequest.OnNotificationLost(HeliosException failure)
    {
        if (!_listeners.OnLost(failure) || !TryEnd()) return;
        Session.Send(EncodeCancel("unreadable"));
        FailAtOnce(failure);
    }

    void IQueuedRequest.Fail(Exception exception) => Fail(exception);

    /// <summary>Completes the answer with the kept result or error.</summary>
    internal abstract void Publish();

    /// <summary>Indicates whether the caller reads the answer as a type.</summary>
    private protected abstract bool ReadsAnswer { get; }

    /// <summary>Reads the data of the answer and keeps it until <see cref="Publish"/>.</summary>
    private protected abstract void KeepResult(ReadOnlyMemory<byte> data);

    /// <summary>Keeps the error until <see cref="Publish"/>.</summary>
    private protected abstract void KeepFailure(Exception failure);

    /// <summary>Stops keeping notifications for later listeners. Called at the first await.</summary>
    private protected void StopCollecting() => _listeners.StopCollecting();

    private void Fail(Exception exception)
    {
        if (TryEnd()) FailAtOnce(exception);
    }

    /// <summary>Ends the request on this side.</summary>
    private void FailAtOnce(Exception failure)
    {
        EndTelemetry(failure is HeliosException { Code: var code } ? code : ErrorCodes.RequestCancelled);
        MarkAsOfRequest(failure);
        KeepFailure(failure);
        _listeners.EndAtOnce(failure);
    }

    /// <summary>Marks the error of a request, so that no handler passes it on to its own caller (docs/protocol.md section 4).</summary>
    internal TException MarkAsOfRequest<TException>(TException failure)
        where TException : Exception?
    {
        if (failure is HeliosException failed) failed.FailedRequest = Method;
        return failure;
    }

    private HeliosException CreateMismatchError(string fault) =>
        MarkAsOfRequest(new HeliosException(ErrorCodes.ResponseUnreadable, $"'{Method}' {fault}."));

    private T? ReadItem<T>(KeptNotification kept, JsonTypeInfo<T> type)
    {
        var isRead = PayloadJson.TryRead(kept.Data, type, out var item, out var fault);
        kept.Release();
        return isRead ? item : throw CreateUnreadableError<T>("An item of the answer", fault!);
    }

    /// <summary>Creates the error for an answer that cannot be read as the expected type.</summary>
    /// <param name="what">The part that cannot be read.</param>
    /// <param name="fault">The reason.</param>
    private protected HeliosException CreateUnreadableError<T>(string what, ValidationError fault) => MarkAsOfRequest(new HeliosException(
        ErrorCodes.ResponseUnreadable,
        $"{what} to '{Method}' cannot be read as {typeof(T).Name}: {fault.Message} Path: {MalformedText.OnOneLine(fault.Path)}.",
        innerException: new PayloadException([fault])));

    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 1) return false;
        Session.Outbound.TryRemove(Id, out _);
        StopWaiting();
        return true;
    }

    private bool TryRetry()
    {
        // Taken first, because the request may time out at this moment, which would release the frame.
        if (Interlocked.Exchange(ref _first, null) is not { } first) return false;
        try
        {
            if (!Session.Outbound.TryRemove(Id, out _)) return false;
            Id = Guid.NewGuid();
            Volatile.Write(ref _sending, (int)Sending.Unsent);
            if (!Session.Outbound.TryAdd(Id, this)) return false;
            var again = Session.Engine.Encoder.RequestAgain(first);
            Volatile.Write(ref _first, again.Retain());
            Enqueue(again);
            return true;
        }
        finally
        {
            first.Release();
        }
    }

    /// <summary>
    /// Withdraws an unsent request. Returns false on a server, whose messages already have numbers (docs/protocol.md section 7, rule 2).
    /// </summary>
    private bool TryWithdraw()
    {
        if (Session.Outbox.Numbering == Numbering.WhenQueued) return false;
        if (Interlocked.CompareExchange(ref _sending, (int)Sending.Withdrawn, (int)Sending.Unsent) != (int)Sending.Unsent) return false;
        Session.OnRequestEnded(Id);
        return true;
    }

    private void StopWaiting()
    {
        _timer?.Dispose();
        _registration.Unregister();
        Interlocked.Exchange(ref _first, null)?.Release();
    }

    private void TimeOut()
    {
        if (!TryEnd()) return;
        if (!TryWithdraw()) Session.Send(EncodeCancel("timeout"));
        FailAtOnce(
            new HeliosException(ErrorCodes.RequestTimeout, $"No answer to '{Method}' came in time{Session.Ledger.DescribeAbsence()}."));
    }

    private void Withdraw(CancellationToken token)
    {
        if (!TryEnd()) return;
        if (!TryWithdraw()) Session.Send(EncodeCancel(null));
        FailAtOnce(new OperationCanceledException(token));
    }

    private Frame EncodeCancel(string? reason)
    {
        Span<byte> id = stackalloc byte[IdText.Length];
        Id.TryFormat(id, out _);
        return reason is null
            ? Session.Engine.Encoder.Notification(WireNames.Cancel, default(RawJson), id)
            : Session.Engine.Encoder.Notification(WireNames.Cancel, new ErrorDetails(("reason", reason)), id);
    }

    /// <summary>The sending state of a request.</summary>
    private enum Sending
    {
        Unsent,
        Sent,
        Withdrawn,
    }
}
