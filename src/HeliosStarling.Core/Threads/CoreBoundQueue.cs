using System.Collections.Concurrent;

namespace HeliosStarling;

/// <summary>
/// A queue in front of the thread pool. At most one of its items runs per core, so that other work of the pool is not delayed by all of
/// them.
/// </summary>
/// <param name="perTurn">The number of items that run one after another before other work of the pool gets its turn.</param>
/// <param name="run">Runs an item. Must not throw.</param>
/// <remarks>Safe to call concurrently. Items start in the order in which they were added.</remarks>
internal sealed class CoreBoundQueue<T>(int perTurn, Action<T> run) : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<T> _waiting = new();
    private int _freeWorkers = Environment.ProcessorCount;

    /// <summary>Adds an item to the queue.</summary>
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
            // Queued after all other work that the pool has received in the meantime.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
        Interlocked.Increment(ref _freeWorkers);
        // An item may have been added after the check above, when no worker was free.
        if (!_waiting.IsEmpty) TryRun();
    }

    private void TryRun()
    {
        for (int free; (free = Volatile.Read(ref _freeWorkers)) > 0;)
        {
            if (Interlocked.CompareExchange(ref _freeWorkers, free - 1, free) != free) continue;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
    }
}
