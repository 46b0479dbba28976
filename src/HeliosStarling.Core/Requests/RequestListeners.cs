using System.Text;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Who listens to the notifications of one request, and what came before anybody did.</summary>
/// <remarks>Safe to call concurrently; each listener gets the notifications one after another, in order.</remarks>
internal sealed class RequestListeners(Engine engine)
{
    private readonly Lock _lock = new();
    private Listener[] _listeners = [];
    private List<(string Topic, byte[] Data)>? _early;
    private long _earlyBytes;
    private bool _collecting = true;
    private bool _ended;
    private Exception? _failure;

    /// <summary>Adds a listener, which gets what came early at once.</summary>
    public IDisposable Add(TopicPattern pattern, Action<ReadOnlyMemory<byte>> onData, Action<Exception?>? onEnd)
    {
        var listener = new Listener(this, pattern, onData, onEnd);
        lock (_lock)
        {
            foreach (var (topic, data) in _early ?? []) Deliver_NeedsLock(listener, topic, data);
            if (_ended) onEnd?.Invoke(_failure);
            else _listeners = [.. _listeners, listener];
        }
        return listener;
    }

    public void Deliver(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> data)
    {
        var topic = Encoding.ASCII.GetString(name.Span);
        lock (_lock)
        {
            if (_collecting) Collect_NeedsLock(topic, data);
            foreach (var listener in _listeners) Deliver_NeedsLock(listener, topic, data);
        }
    }

    /// <summary>Forgets what came early; from now on listeners get only what comes.</summary>
    public void StopCollecting()
    {
        lock (_lock) (_collecting, _early) = (false, null);
    }

    public void End(Exception? failure)
    {
        lock (_lock)
        {
            (_ended, _failure) = (true, failure);
            foreach (var listener in _listeners) listener.OnEnd?.Invoke(failure);
            _listeners = [];
        }
    }

    private void Collect_NeedsLock(string topic, ReadOnlyMemory<byte> data)
    {
        // Bounded like an outbox, since a request that nobody awaits collects for ever.
        if ((_early ??= []).Count >= engine.Outbox.Messages || _earlyBytes + data.Length > engine.Outbox.Bytes) return;
        _early.Add((topic, data.ToArray()));
        _earlyBytes += data.Length;
    }

    private void Remove(Listener listener)
    {
        lock (_lock) _listeners = [.. _listeners.Where(other => other != listener)];
    }

    private void Deliver_NeedsLock(Listener listener, string topic, ReadOnlyMemory<byte> data)
    {
        if (!listener.Pattern.Matches(topic)) return;
        try
        {
            listener.OnData(data);
        }
        catch (PayloadException fault)
        {
            engine.Logger.NotificationUnreadable(topic, fault.Errors.Count);
        }
        catch (Exception exception)
        {
            engine.Logger.ListenerFailed(topic, exception);
        }
    }

    private sealed record Listener(RequestListeners Owner, TopicPattern Pattern, Action<ReadOnlyMemory<byte>> OnData, Action<Exception?>? OnEnd) : IDisposable
    {
        public void Dispose() => Owner.Remove(this);
    }
}
