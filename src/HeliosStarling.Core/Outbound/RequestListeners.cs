using System.Text;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The handlers and streams that listen to the notifications of one request, and the notifications that wait for them.</summary>
/// <remarks>
/// Safe to call concurrently. Handlers run one after another, in the order of the notifications, and never under the lock. A thread that
/// finds no running handler runs its own handlers, and those that other threads queue in the meantime. The answer is published after them.
/// </remarks>
internal sealed class RequestListeners(Session session, StarlingRequest request)
{
    // The bytes that a small notification needs in addition to its data.
    private const int Overhead = 64;

    private readonly Lock _lock = new();
    private Listener[] _listeners = [];
    private StreamListener[] _streams = [];
    private List<KeptNotification>? _early;
    private long _earlyBytes;
    private Queue<Call>? _calls;
    private WaitingCharge? _charge;
    private bool _isRunning;
    private bool _isCollecting = true;
    private HeliosException? _lostEarly;
    private bool _isEnded;
    private bool _haveItemsCome;
    private bool _areItemsRead;
    private Exception? _failure;
    private bool _isValue;

    /// <summary>Indicates whether items of a stream were discarded, because the caller awaits the answer and reads no items.</summary>
    public bool HaveMissedItems
    {
        get
        {
            lock (_lock) return _haveItemsCome && !_areItemsRead && !_isCollecting;
        }
    }

    /// <summary>
    /// Adds a handler. It gets the early notifications before this method returns, unless another handler of the request is running.
    /// </summary>
    public IDisposable Add(TopicPattern pattern, Action<ReadOnlyMemory<byte>> onData)
    {
        var listener = new Listener(this, pattern, onData);
        lock (_lock)
        {
            if (!_isEnded) _listeners = [.. _listeners, listener];
            _areItemsRead |= pattern.Matches(WireNames.StreamItem);
            foreach (var early in _early ?? []) Queue_NeedsLock(new Call([listener], early.Retain()));
            if (_isRunning || _calls is not { Count: > 0 }) return listener;
            _isRunning = true;
        }
        RunEarly();
        return listener;
    }

    /// <summary>Opens a stream of the answer's items. From now on, no notifications are kept for later listeners.</summary>
    public StreamListener OpenStream()
    {
        var stream = new StreamListener(this);
        lock (_lock)
        {
            foreach (var early in _early ?? [])
                if (early.Topic == WireNames.StreamItem) stream.Add(early);
            StopCollecting_NeedsLock();
            _areItemsRead = true;
            if (_lostEarly is not null) stream.End(_lostEarly);
            else if (_isEnded) End_NeedsLock(stream);
            else _streams = [.. _streams, stream];
        }
        return stream;
    }

    /// <summary>Delivers a notification to all listeners, or keeps it for them.</summary>
    /// <param name="name">The topic.</param>
    /// <param name="data">The data. It is valid only during the call.</param>
    /// <returns>False when it cannot be kept, because too many bytes of the peer wait already.</returns>
    public bool Deliver(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> data)
    {
        var topic = Encoding.ASCII.GetString(name.Span);
        Listener[] listeners;
        lock (_lock)
        {
            if (_isEnded) return true;
            listeners = _listeners;
            _haveItemsCome |= topic == WireNames.StreamItem;
            if (!TryKeep_NeedsLock(topic, data)) return false;
            if (_isRunning || listeners.Length == 0) return true;
            _isRunning = true;
        }
        // No copy is needed: the handlers read the received bytes.
        foreach (var listener in listeners) Run(listener, topic, data);
        RunCalls();
        return true;
    }

    /// <summary>Called when a received notification cannot be delivered. A stream that is opened later fails with this error.</summary>
    /// <returns>True when there is an open stream, which now misses an item.</returns>
    public bool OnLost(HeliosException failure)
    {
        lock (_lock)
        {
            if (_isEnded) return false;
            if (_isCollecting) _lostEarly = request.MarkAsOfRequest(failure);
            StopCollecting_NeedsLock();
            return _streams.Length > 0;
        }
    }

    /// <summary>Discards the early notifications. From now on, listeners get only new ones.</summary>
    public void StopCollecting()
    {
        lock (_lock) StopCollecting_NeedsLock();
    }

    /// <summary>
    /// Ends all listeners after the answer was received. The answer is published after the handlers have processed all earlier
    /// notifications.
    /// </summary>
    /// <param name="failure">The error of the request; null when it succeeded.</param>
    /// <param name="isValue">Whether the answer is a value, and so not the end of a stream (docs/protocol.md section 5). Default:
    /// false.</param>
    public void EndInOrder(Exception? failure, bool isValue = false)
    {
        lock (_lock)
        {
            _isValue = isValue;
            End_NeedsLock(failure);
            if (_isRunning)
            {
                Queue_NeedsLock(default);
                return;
            }
        }
        request.Publish();
    }

    /// <summary>
    /// Ends all listeners because this side ends the request. The handlers get no more notifications, and the error is published without
    /// waiting for a running handler.
    /// </summary>
    public void EndAtOnce(Exception failure)
    {
        lock (_lock)
        {
            End_NeedsLock(failure);
            StopCollecting_NeedsLock();
            while (_calls is not null && _calls.TryDequeue(out var call)) call.Kept?.Release();
        }
        request.Publish();
    }

    public void Remove(StreamListener stream)
    {
        lock (_lock) _streams = [.. _streams.Where(other => other != stream)];
    }

    private void Remove(Listener listener)
    {
        lock (_lock) _listeners = [.. _listeners.Where(other => other != listener)];
    }

    /// <summary>Keeps a notification for listeners that cannot process it at once. Returns false when a listener misses it.</summary>
    private bool TryKeep_NeedsLock(string topic, ReadOnlyMemory<byte> data)
    {
        var isItem = _streams.Length > 0 && topic == WireNames.StreamItem;
        var waits = _isRunning && _listeners.Length > 0;
        if (!isItem && !waits && !_isCollecting) return true;
        if (Keep_NeedsLock(topic, data) is not { } kept)
        {
            // Notifications without a listener are discarded. A stream that is opened later gets the error.
            if (_isCollecting) _lostEarly = request.CreateOverflowError();
            StopCollecting_NeedsLock();
            return !isItem && !waits;
        }
        if (isItem)
            foreach (var stream in _streams) stream.Add(kept);
        if (waits) Queue_NeedsLock(new Call(_listeners, kept.Retain()));
        if (_isCollecting) Collect_NeedsLock(kept.Retain());
        kept.Release();
        return true;
    }

    private void Collect_NeedsLock(KeptNotification kept)
    {
        // Early notifications get a quarter of the budget. A request that is never awaited collects without end, and its peer has other
        // messages to send.
        (_early ??= []).Add(kept);
        if ((_earlyBytes += kept.Size) <= session.Engine.Lanes.Limits.BytesPerPeer / 4) return;
        _lostEarly = request.CreateOverflowError();
        StopCollecting_NeedsLock();
    }

    private KeptNotification? Keep_NeedsLock(string topic, ReadOnlyMemory<byte> data)
    {
        var size = Overhead + (sizeof(char) * topic.Length) + data.Length;
        _charge ??= new WaitingCharge(session);
        return _charge.TryCharge(size) ? new KeptNotification(topic, data.ToArray(), size, _charge) : null;
    }

    private void StopCollecting_NeedsLock()
    {
        _early?.ForEach(static kept => kept.Release());
        (_isCollecting, _early) = (false, null);
    }

    private void End_NeedsLock(Exception? failure)
    {
        (_isEnded, _failure) = (true, failure);
        foreach (var stream in _streams) End_NeedsLock(stream);
        (_listeners, _streams) = ([], []);
    }

    private void End_NeedsLock(StreamListener stream) =>
        stream.End(_failure ?? (_isValue && !stream.HasItems ? request.CreateNotStreamedError() : null));

    private void Queue_NeedsLock(Call call) => (_calls ??= new Queue<Call>()).Enqueue(call);

    /// <summary>
    /// Makes the calls that are queued now. Calls that are queued in the meantime run on the thread pool, because this thread has other
    /// work to do.
    /// </summary>
    private void RunEarly()
    {
        int count;
        lock (_lock) count = _calls!.Count;
        for (; count > 0; count--)
        {
            if (!TryTake(out var call)) return;
            Run(call);
        }
        lock (_lock)
        {
            _isRunning = _calls.Count > 0;
            if (!_isRunning) return;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static listeners => listeners.RunCalls(), this, preferLocal: false);
    }

    private void RunCalls()
    {
        while (TryTake(out var call)) Run(call);
    }

    /// <summary>Takes the next call. When there is none, this thread stops running handlers.</summary>
    private bool TryTake(out Call call)
    {
        call = default;
        lock (_lock) return _isRunning = _calls is not null && _calls.TryDequeue(out call);
    }

    private void Run(Call call)
    {
        if (call.Kept is not { } kept)
        {
            request.Publish();
            return;
        }
        foreach (var listener in call.To!) Run(listener, kept.Topic, kept.Data);
        kept.Release();
    }

    private void Run(Listener listener, string topic, ReadOnlyMemory<byte> data)
    {
        if (listener.IsDisposed || !listener.Pattern.Matches(topic)) return;
        try
        {
            listener.OnData(data);
        }
        catch (PayloadException fault)
        {
            session.Engine.LogUnreadable(topic, fault.Errors);
        }
        catch (Exception exception)
        {
            session.Engine.HandlerLog.ListenerFailed(topic, exception);
        }
    }

    /// <summary>A queued call of handlers.</summary>
    /// <param name="To">The handlers that get the notification.</param>
    /// <param name="Kept">The notification; null when the answer must be published.</param>
    private readonly record struct Call(Listener[]? To, KeptNotification? Kept);

    private sealed class Listener(RequestListeners owner, TopicPattern pattern, Action<ReadOnlyMemory<byte>> onData) : IDisposable
    {
        private volatile bool _isDisposed;

        public TopicPattern Pattern => pattern;

        public Action<ReadOnlyMemory<byte>> OnData => onData;

        public bool IsDisposed => _isDisposed;

        public void Dispose()
        {
            _isDisposed = true;
            owner.Remove(this);
        }
    }
}
