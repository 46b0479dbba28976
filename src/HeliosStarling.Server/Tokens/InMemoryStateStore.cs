using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A state store in the memory of the process.</summary>
/// <param name="time">The clock.</param>
/// <param name="maxBytes">The maximum memory of all states, in bytes.</param>
/// <param name="maxClosed">The maximum number of ids that are closed for good.</param>
/// <remarks>
/// Safe to call concurrently. States count for their owner, a user or an address. When the store is full, a new state replaces the oldest
/// states of the owner that has most, provided that its own owner then has less. Otherwise it is refused. So nobody loses a state to an
/// owner that has more. Ids that are closed for good are small and do not count: see <see cref="ClosedIds"/>.
/// </remarks>
internal sealed class InMemoryStateStore(
    TimeProvider time, long maxBytes = InMemoryStateStore.DefaultMaxBytes, int maxClosed = ClosedIds.DefaultMax) : IFencedStateStore
{
    public const long DefaultMaxBytes = 64 * 1024 * 1024;

    // The memory of a value in the tables, without its key and bytes.
    private const int Overhead = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, KeptValue> _values = new(StringComparer.Ordinal);
    private readonly SortedSet<KeptValue> _expiries = new(Comparer<KeptValue>.Create(Compare));
    private readonly StateOwners _owners = new();
    private readonly ClosedIds _closed = new(maxClosed);

    /// <summary>The number of values.</summary>
    public int Count
    {
        get { lock (_lock) return _values.Count; }
    }

    /// <summary>The memory of all states, in bytes.</summary>
    public long Bytes
    {
        get { lock (_lock) return _owners.Bytes; }
    }

    /// <summary>The number of ids that are closed for good.</summary>
    public int ClosedCount
    {
        get { lock (_lock) return _closed.Count; }
    }

    /// <summary>Tokens issued up to this time are valid for starlings that are still present only; null when all are valid.</summary>
    public DateTimeOffset? GoodSince
    {
        get { lock (_lock) return _closed.GoodSince; }
    }

    /// <summary>Closes an id for good.</summary>
    /// <param name="starlingId">The id.</param>
    /// <param name="timeToLive">The time until its last token expires.</param>
    /// <param name="closing">The reason.</param>
    /// <returns>Whether <see cref="GoodSince"/> was moved for it.</returns>
    public bool Close(string starlingId, TimeSpan timeToLive, Closing closing)
    {
        var now = time.GetUtcNow();
        lock (_lock) return _closed.Add(starlingId, now, now + timeToLive, closing);
    }

    /// <summary>Whether an id is closed for good and its tokens have not expired.</summary>
    public bool IsClosed(string starlingId)
    {
        var now = time.GetUtcNow();
        lock (_lock) return _closed.Contains(starlingId, now);
    }

    /// <summary>Sets a value that does not count.</summary>
    public ValueTask SetAsync(string key, ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        lock (_lock) Put_NeedsLock(new KeptValue(key, value.ToArray(), now + timeToLive, 0), now);
        return default;
    }

    /// <summary>Sets a state. It replaces an earlier one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The state.</param>
    /// <param name="timeToLive">The time to keep the state.</param>
    /// <param name="owner">The user or address that the state counts for.</param>
    /// <param name="fence">The fence of the node. Default 0: no fence.</param>
    /// <returns>False when the earlier state has a higher fence; then that one is kept.</returns>
    /// <exception cref="HeliosException">There is no room for it: <c>RATE_QUOTA_EXCEEDED</c>. The earlier state is kept.</exception>
    public bool SetState(string key, byte[] value, TimeSpan timeToLive, object owner, long fence = 0)
    {
        var now = time.GetUtcNow();
        var state =
            new KeptValue(key, value, now + timeToLive, Overhead + value.Length + ((long)key.Length * sizeof(char))) { Fence = fence };
        lock (_lock)
        {
            RemoveExpired_NeedsLock(now);
            if (_values.TryGetValue(key, out var earlier) && earlier.Fence > fence) return false;
            if (!TryMakeRoom_NeedsLock(state, owner))
            {
                throw new HeliosException(
                    ErrorCodes.RateQuotaExceeded,
                    "The state store in memory has no room for this state. Keep less in states, raise MaxStateStoreBytes, or set a StateStore of your own.",
                    new Dictionary<string, long> { ["limit"] = maxBytes });
            }
            Put_NeedsLock(state, now);
            _owners.Add(state, owner);
            return true;
        }
    }

    /// <summary>Sets a state that counts for its key only.</summary>
    /// <exception cref="HeliosException">There is no room for it: <c>RATE_QUOTA_EXCEEDED</c>. The earlier state is kept.</exception>
    public ValueTask<bool> TrySetAsync(
        string key, long fence, ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SetState(key, value.ToArray(), timeToLive, key, fence));

    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            RemoveExpired_NeedsLock(now);
            return new ValueTask<ReadOnlyMemory<byte>?>(
                _values.TryGetValue(key, out var kept) ? kept.Value : default(ReadOnlyMemory<byte>?));
        }
    }

    public ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_values.TryGetValue(key, out var kept)) Remove_NeedsLock(kept);
        }
        return default;
    }

    private bool TryMakeRoom_NeedsLock(KeptValue state, object owner)
    {
        var earlier = _values.GetValueOrDefault(state.Key);
        var share = _owners.BytesOf(owner) + state.Size - (owner.Equals(earlier?.Owner?.Key) ? earlier!.Size : 0);
        var excess = _owners.Bytes + state.Size - (earlier?.Size ?? 0) - maxBytes;
        if (excess <= 0) return true;
        if (!_owners.CanFree(excess, share)) return false;
        if (earlier is not null) Remove_NeedsLock(earlier);
        while (_owners.Bytes + state.Size > maxBytes) Remove_NeedsLock(_owners.Next);
        return true;
    }

    private void Put_NeedsLock(KeptValue kept, DateTimeOffset now)
    {
        RemoveExpired_NeedsLock(now);
        if (_values.TryGetValue(kept.Key, out var earlier)) Remove_NeedsLock(earlier);
        _values.Add(kept.Key, kept);
        _expiries.Add(kept);
    }

    private void Remove_NeedsLock(KeptValue kept)
    {
        _values.Remove(kept.Key);
        _expiries.Remove(kept);
        _owners.Remove(kept);
    }

    private void RemoveExpired_NeedsLock(DateTimeOffset now)
    {
        while (_expiries.Min is { } first && first.Until <= now) Remove_NeedsLock(first);
    }

    private static int Compare(KeptValue one, KeptValue other) =>
        one.Until != other.Until ? one.Until.CompareTo(other.Until) : string.CompareOrdinal(one.Key, other.Key);
}
