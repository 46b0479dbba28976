using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A request that was sent to the peer: what it reports on the way, and the means to cancel it.</summary>
/// <remarks>
/// Safe to use concurrently. Notifications of one request arrive one after another, in the order in which the handler sent them, before its
/// answer.
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

    /// <summary>The method that was called.</summary>
    public string Method { get; }

    /// <summary>The id that the answer carries; another one after the request was sent once more.</summary>
    public Guid Id { get; private set; } = Guid.NewGuid();

    /// <summary>Whether it was handed to a connection, so that the peer may have run it.</summary>
    bool IQueuedRequest.IsSent => Volatile.Read(ref _sending) == (int)Sending.Sent;

    /// <summary>Whether nobody needs it any more, and it was not sent.</summary>
    bool IQueuedRequest.IsWithdrawn => Volatile.Read(ref _sending) == (int)Sending.Withdrawn;

    /// <summary>Completes with the answer, or fails as it does.</summary>
    private protected abstract Task Settled { get; }

    Task ISentRequest.Settled => Settled;

    private protected Session Session { get; }

    /// <summary>
    /// Calls <paramref name="handler"/> for each notification of this request whose topic matches. What came before the first await of the
    /// answer, and before a stream of it was read, is delivered first; when that was too much, it is forgotten.
    /// </summary>
    /// <param name="pattern">A topic; <c>*</c> stands for one segment, a final <c>**</c> for the rest.</param>
    /// <param name="handler">Runs on the connection's reader, or on this thread for what has come already: it should be quick. The handlers
    /// of one request run one after another, and the answer completes behind them. What it throws is logged.</param>
    /// <returns>Dispose of it to stop listening; a call that has begun goes on.</returns>
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

    /// <summary>Reads a streamed answer item by item, in order; ends with the answer, throws when that is a failure.</summary>
    /// <remarks>
    /// Items wait in memory until they are read. When more of them wait than the peer may have there (on a server
    /// <c>MaxRequestBytesPerStarling</c>, on a client <c>MaxWaitingBytes</c>), the request is cancelled and fails with
    /// <c>REQUEST_QUEUE_FULL</c>, which is thrown behind the items that came before. Leaving the loop early cancels the request. An item
    /// that cannot be read as <typeparamref name="T"/> ends the loop with <c>RESPONSE_UNREADABLE</c> and cancels the request: no item is
    /// left out. Null is an item where <typeparamref name="T"/> is a reference type or nullable. A method that answers with a value instead
    /// of a stream ends the loop with
    /// <c>RESPONSE_UNREADABLE</c>, too.
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

    /// <summary>Asks the peer to stop; the request then fails with <c>REQUEST_CANCELLED</c>. Does nothing after the answer.</summary>
    /// <param name="reason">Why; travels in the error's details. Default none.</param>
    public async ValueTask CancelAsync(string? reason = null)
    {
        if (Volatile.Read(ref _ended) == 1) return;
        if (TryWithdraw()) Fail(new HeliosException(ErrorCodes.RequestCancelled, "The request was cancelled before it was sent."));
        else await Session.SendDirectAsync(EncodeCancel(reason), default).ConfigureAwait(false);
    }

    /// <summary>Waits for the answer, whatever it says. Throws as it fails.</summary>
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
            // Cancelled before it was sent: the peer never hears of it.
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

    /// <summary>It is handed to a connection now; false when it was withdrawn.</summary>
    bool IQueuedRequest.TryMarkSent() =>
        Interlocked.CompareExchange(ref _sending, (int)Sending.Sent, (int)Sending.Unsent) != (int)Sending.Withdrawn;

    /// <summary>The peer never got it: it is unsent again.</summary>
    void IQueuedRequest.MarkUnsent() => Interlocked.CompareExchange(ref _sending, (int)Sending.Unsent, (int)Sending.Sent);

    /// <summary>It was sent and its answer can't come any more, in a new epoch (docs/protocol.md section 7, rule 7).</summary>
    void ISentRequest.Lose()
    {
        if (_retries && TryRetry()) return;
        Fail(new HeliosException(
            ErrorCodes.StateRecoveryFailed, $"The connection was lost for good while '{Method}' was on its way: it may have run."));
    }

    void ISentRequest.Notify(in Message message)
    {
        if (_listeners.Deliver(message.Name, message.Data) || !TryEnd()) return;
        Session.Send(EncodeCancel("overflow"));
        FailAtOnce(MakeOverflow());
    }

    /// <summary>What the request fails with when more of it waits here than its peer may have.</summary>
    internal HeliosException MakeOverflow() =>
        new(ErrorCodes.RequestQueueFull, $"'{Method}' sent more than may wait here: its notifications were not taken fast enough. At most {Session.Engine.Lanes.Limits.BytesPerPeer} bytes may wait ({Session.Engine.Lanes.Limits.BytesOption}).");

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
        KeepResult(message.Data);
        _listeners.EndInOrder(failure: null, isValue: !PayloadJson.IsNull(message.Data));
    }

    /// <summary>What the reader of a stream gets when the method does not stream.</summary>
    internal HeliosException MakeUnstreamed()
    {
        var failure = new HeliosException(
            ErrorCodes.ResponseUnreadable,
            $"'{Method}' answered with a value instead of a stream. Read it with Request<T>() instead of Stream<T>().");
        MarkAsOfRequest(failure);
        return failure;
    }

    /// <summary>The answer has come and is a failure, or of no use.</summary>
    void ISentRequest.FailAnswered(HeliosException failure)
    {
        if (!TryEnd()) return;
        EndTelemetry(failure.Code);
        MarkAsOfRequest(failure);
        KeepFailure(failure);
        _listeners.EndInOrder(failure);
    }

    /// <summary>A notification of the request has come and is of no use: a stream that would lack it fails.</summary>
    void ISentRequest.LoseNotification(HeliosException failure)
    {
        if (!_listeners.Lose(failure) || !TryEnd()) return;
        Session.Send(EncodeCancel("unreadable"));
        FailAtOnce(failure);
    }

    void IQueuedRequest.Fail(Exception exception) => Fail(exception);

    /// <summary>Completes the answer with what was kept.</summary>
    internal abstract void Publish();

    /// <summary>Reads the answer's data, to be published.</summary>
    private protected abstract void KeepResult(ReadOnlyMemory<byte> data);

    /// <summary>Keeps why there is no answer, to be published.</summary>
    private protected abstract void KeepFailure(Exception failure);

    /// <summary>From the first await on, nobody is expected to start listening.</summary>
    private protected void StopCollecting() => _listeners.StopCollecting();

    private void Fail(Exception exception)
    {
        if (TryEnd()) FailAtOnce(exception);
    }

    /// <summary>This side ends the request.</summary>
    private void FailAtOnce(Exception failure)
    {
        EndTelemetry(failure is HeliosException { Code: var code } ? code : ErrorCodes.RequestCancelled);
        MarkAsOfRequest(failure);
        KeepFailure(failure);
        _listeners.EndAtOnce(failure);
    }

    /// <summary>
    /// Notes that a request failed with it, so that no handler passes it on to its own caller (docs/protocol.md section 4).
    /// </summary>
    private protected static void MarkAsOfRequest(Exception? failure)
    {
        if (failure is HeliosException failed) failed.IsOfRequest = true;
    }

    private T? ReadItem<T>(KeptNotification kept, JsonTypeInfo<T> type)
    {
        var isRead = PayloadJson.TryRead(kept.Data, type, out var item, out var fault);
        kept.Release();
        return isRead ? item : throw MakeUnreadable<T>("An item of the answer", fault!);
    }

    /// <summary>What the caller gets when the answer is not what it reads it as.</summary>
    /// <param name="what">What cannot be read.</param>
    /// <param name="fault">Why.</param>
    private protected HeliosException MakeUnreadable<T>(string what, ValidationError fault) => new(
        ErrorCodes.ResponseUnreadable, $"{what} to '{Method}' cannot be read as {typeof(T).Name}: {fault.Message} Path: {fault.Path}.",
        innerException: new PayloadException([fault]));

    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 1) return false;
        Session.Outbound.TryRemove(Id, out _);
        StopWaiting();
        return true;
    }

    private bool TryRetry()
    {
        // Taken out first: its time may be over at this moment, and then it is given back.
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

    /// <summary>A server's messages have their numbers from the start, so it withdraws none (docs/protocol.md section 7, rule 2).</summary>
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

    /// <summary>How far the request has come.</summary>
    private enum Sending
    {
        Unsent,
        Sent,
        Withdrawn,
    }
}
