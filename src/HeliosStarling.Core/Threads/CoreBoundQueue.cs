using System.Collections.Concurrent;

namespace HeliosStarling;

/// <summary>
/// A line in front of the thread pool: of all that waits in it, only as much runs at once as there are cores, so that the pool's other work
/// waits behind a little of it and not behind all.
/// </summary>
/// <param name="perTurn">How many run one after the other before the pool's other work is let by.</param>
/// <param name="run">Runs one; must not throw.</param>
/// <remarks>Safe to call concurrently. They come up in the order in which they came.</remarks>
internal sealed class CoreBoundQueue<T>(int perTurn, Action<T> run) : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<T> _waiting = new();
    private int _free = Environment.ProcessorCount;

    /// <summary>Lets one wait for its turn.</summary>
    public void Add(T item)
    {
        _waiting.Enqueue(item);
        TryRun();
    }

    void IThreadPoolWorkItem.Execute()
    {
        for (var left = perTurn; left > 0 && _waiting.TryDequeue(out var item); left--) run(item);
        if (!_waiting.IsEmpty)
        {
            // Behind whatever else the pool has been given meanwhile.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
        Interlocked.Increment(ref _free);
        // One may have come since the line was seen empty, and found no place free.
        if (!_waiting.IsEmpty) TryRun();
    }

    private void TryRun()
    {
        for (int free; (free = Volatile.Read(ref _free)) > 0;)
        {
            if (Interlocked.CompareExchange(ref _free, free - 1, free) != free) continue;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
    }
}
