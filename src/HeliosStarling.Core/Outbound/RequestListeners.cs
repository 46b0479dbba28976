using System.Text;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Who listens to the notifications of one request, and what waits for them.</summary>
/// <remarks>
/// Safe to call concurrently. Handlers run one after another, in the order in which the notifications came, and never under the lock. A
/// thread that finds no handler running runs its own, and those that other threads queue meanwhile. The answer is published after them.
/// </remarks>
internal sealed class RequestListeners(Session session, StarlingRequest request)
{
    // What a small notification takes in memory beside its data.
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

    /// <summary>Whether items of a stream have come, and nobody has asked for them.</summary>
    public bool HaveMissedItems
    {
        get
        {
            lock (_lock) return _haveItemsCome && !_areItemsRead;
        }
    }

    /// <summary>Adds a handler. What came early is given to it before this returns, unless another handler of the request runs.</summary>
    public IDisposable Add(TopicPattern pattern, Action<ReadOnlyMemory<byte>> onData)
    {
        var listener = new Listener(this, pattern, onData);
        lock (_lock)
        {
            if (!_isEnded) _listeners = [.. _listeners, listener];
            _areItemsRead |= pattern.Matches(WireNames.StreamItem);
            foreach (var early in _early ?? []) Wait_NeedsLock(new Call([listener], early.Retain()));
            if (_isRunning || _calls is not { Count: > 0 }) return listener;
            _isRunning = true;
        }
        RunEarly();
        return listener;
    }

    /// <summary>Opens the stream of the answer's items; from now on nothing is kept for others.</summary>
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

    /// <summary>Gives a notification to all who listen, or keeps it for them.</summary>
    /// <param name="name">Its topic.</param>
    /// <param name="data">Its data, valid during the call.</param>
    /// <returns>False when it cannot be kept: more waits than the peer may have.</returns>
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
        // Nobody keeps it: its handlers look at it where it came.
        foreach (var listener in listeners) Run(listener, topic, data);
        RunCalls();
        return true;
    }

    /// <summary>A notification came that cannot be given to anybody. A stream that is opened later lacks it and is told so.</summary>
    /// <returns>Whether a stream lacks it now.</returns>
    public bool Lose(HeliosException failure)
    {
        lock (_lock)
        {
            if (_isEnded) return false;
            if (_isCollecting) _lostEarly = failure;
            StopCollecting_NeedsLock();
            return _streams.Length > 0;
        }
    }

    /// <summary>Forgets what came early; from now on listeners get only what comes.</summary>
    public void StopCollecting()
    {
        lock (_lock) StopCollecting_NeedsLock();
    }

    /// <summary>The answer has come: nothing follows, and it is published when the handlers have had all that came before.</summary>
    /// <param name="failure">Why the request failed; null when it succeeded.</param>
    /// <param name="isValue">Whether the answer is a value, and so not the end of a stream (docs/protocol.md section 5). Default it is
    /// none.</param>
    public void EndInOrder(Exception? failure, bool isValue = false)
    {
        lock (_lock)
        {
            _isValue = isValue;
            End_NeedsLock(failure);
            if (_isRunning)
            {
                Wait_NeedsLock(default);
                return;
            }
        }
        request.Publish();
    }

    /// <summary>This side ends the request: its handlers get nothing more, and nobody waits for the one that runs.</summary>
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

    /// <summary>Keeps a notification for those who cannot have it at once; false when somebody lacks it then.</summary>
    private bool TryKeep_NeedsLock(string topic, ReadOnlyMemory<byte> data)
    {
        var isItem = _streams.Length > 0 && topic == WireNames.StreamItem;
        var waits = _isRunning && _listeners.Length > 0;
        if (!isItem && !waits && !_isCollecting) return true;
        if (Keep_NeedsLock(topic, data) is not { } kept)
        {
            // What nobody has asked for yet is forgotten; who asks later is told.
            if (_isCollecting) _lostEarly = request.MakeOverflow();
            StopCollecting_NeedsLock();
            return !isItem && !waits;
        }
        if (isItem)
            foreach (var stream in _streams) stream.Add(kept);
        if (waits) Wait_NeedsLock(new Call(_listeners, kept.Retain()));
        if (_isCollecting) Collect_NeedsLock(kept.Retain());
        kept.Release();
        return true;
    }

    private void Collect_NeedsLock(KeptNotification kept)
    {
        // A quarter of the budget: a request that nobody awaits collects for ever, and its peer has other things to say.
        (_early ??= []).Add(kept);
        if ((_earlyBytes += kept.Size) <= session.Engine.Lanes.Limits.BytesPerPeer / 4) return;
        _lostEarly = request.MakeOverflow();
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
        stream.End(_failure ?? (_isValue && !stream.HasItems ? request.MakeUnstreamed() : null));

    private void Wait_NeedsLock(Call call) => (_calls ??= new Queue<Call>()).Enqueue(call);

    /// <summary>
    /// Runs the handlers that wait now; what comes meanwhile is left to the pool, since this thread has other things to do.
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

    /// <summary>The next call; when there is none, this thread runs handlers no more.</summary>
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

    /// <summary>What a thread that runs handlers has to do next.</summary>
    /// <param name="To">Who gets the notification.</param>
    /// <param name="Kept">The notification; null when the answer is to be published.</param>
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
