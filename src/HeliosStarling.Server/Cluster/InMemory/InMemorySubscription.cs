namespace HeliosStarling;

/// <summary>The queue of one receiver. It is bounded: a message that does not fit breaks the subscription.</summary>
/// <param name="node">The node of the receiver.</param>
/// <param name="memory">Counts the bytes that wait.</param>
/// <param name="deliver">Delivers a message.</param>
/// <param name="broken">Reports that messages may be missing.</param>
/// <param name="sizeOf">Returns the memory of a message in bytes.</param>
/// <remarks>Safe to use concurrently. Messages are delivered by one thread at a time, in order.</remarks>
internal sealed class InMemorySubscription<T>(InMemoryNode node, BufferPool memory, Action<T> deliver, Action broken, Func<T, int> sizeOf)
{
    public const int MaxMessages = 1024;
    public const int MaxBytes = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<T> _waiting = new();
    private int _bytes;
    private bool _isBroken;
    private bool _isDelivering;
    private bool _hasEnded;

    public InMemoryNode Node => node;

    public void Add(T message)
    {
        var size = sizeOf(message);
        lock (_lock)
        {
            if (_hasEnded) return;
            if (_waiting.Count >= MaxMessages || (_bytes > 0 && _bytes + size > MaxBytes))
            {
                Break_NeedsLock();
                return;
            }
            _waiting.Enqueue(message);
            Count_NeedsLock(size);
        }
    }

    /// <summary>Discards all waiting messages and marks the subscription as broken.</summary>
    public void Break()
    {
        lock (_lock) Break_NeedsLock();
    }

    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            Clear_NeedsLock();
        }
    }

    /// <summary>Delivers the waiting messages, unless another thread does.</summary>
    public void Deliver()
    {
        lock (_lock)
        {
            if (_isDelivering) return;
            _isDelivering = true;
        }
        while (TryTake(out var message, out var isBroken))
        {
            if (isBroken) broken();
            else deliver(message!);
        }
    }

    private bool TryTake(out T? message, out bool isBroken)
    {
        lock (_lock)
        {
            (isBroken, message) = (_isBroken && !_hasEnded, default);
            _isBroken = false;
            if (isBroken) return true;
            if (_waiting.TryDequeue(out message))
            {
                Count_NeedsLock(-sizeOf(message));
                return true;
            }
            _isDelivering = false;
            return false;
        }
    }

    private void Break_NeedsLock()
    {
        Clear_NeedsLock();
        _isBroken = true;
    }

    private void Clear_NeedsLock()
    {
        _waiting.Clear();
        Count_NeedsLock(-_bytes);
    }

    private void Count_NeedsLock(int bytes)
    {
        _bytes += bytes;
        memory.Charge(bytes);
    }
}
