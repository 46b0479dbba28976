namespace HeliosStarling;

/// <summary>A state store that lives as long as the process.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class InMemoryStateStore(TimeProvider time) : IStateStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (byte[] Value, DateTimeOffset Until)> _values = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTimeOffset> _expiries = new();

    /// <summary>How many values are kept.</summary>
    public int Count
    {
        get { lock (_lock) return _values.Count; }
    }

    public ValueTask SetAsync(string key, ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            RemoveExpired_NeedsLock(now);
            _values[key] = (value.ToArray(), now + timeToLive);
            _expiries.Enqueue(key, now + timeToLive);
        }
        return default;
    }

    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            RemoveExpired_NeedsLock(time.GetUtcNow());
            ReadOnlyMemory<byte>? value = _values.TryGetValue(key, out var kept) ? kept.Value : default(ReadOnlyMemory<byte>?);
            return new ValueTask<ReadOnlyMemory<byte>?>(value);
        }
    }

    public ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        lock (_lock) _values.Remove(key);
        return default;
    }

    private void RemoveExpired_NeedsLock(DateTimeOffset now)
    {
        while (_expiries.TryPeek(out var key, out var until) && until <= now)
        {
            _expiries.Dequeue();
            // It may have been replaced by one that lives longer.
            if (_values.TryGetValue(key, out var kept) && kept.Until <= now) _values.Remove(key);
        }
    }
}
