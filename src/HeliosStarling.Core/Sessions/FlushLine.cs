using System.Collections.Concurrent;

namespace HeliosStarling;

/// <summary>
/// The connections that a broadcast has left something to send to. They are flushed elsewhere, as many at once as there are cores, so that whoever
/// broadcasts does not write to each receiver itself; and what is broadcast until a connection's turn comes leaves in one write.
/// </summary>
/// <remarks>Safe to call concurrently. A connection that is flushed by somebody else meanwhile is passed over.</remarks>
internal sealed class FlushLine : IThreadPoolWorkItem
{
    // After so many the thread pool's other work is let by.
    private const int PerTurn = 64;

    private readonly ConcurrentQueue<Connection> _waiting = new();
    private int _free = Environment.ProcessorCount;

    /// <summary>Lets a connection wait for its flush.</summary>
    public void Add(Connection connection)
    {
        _waiting.Enqueue(connection);
        TryRun();
    }

    void IThreadPoolWorkItem.Execute()
    {
        for (var left = PerTurn; left > 0 && _waiting.TryDequeue(out var connection); left--) connection.FlushPutOff();
        if (!_waiting.IsEmpty)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
        Interlocked.Increment(ref _free);
        // One may have come since the line was seen empty, and found nobody free.
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
