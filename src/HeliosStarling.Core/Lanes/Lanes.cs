namespace HeliosStarling;

/// <summary>Where requests run: most on the reader and the pool, blocking ones on threads of their own.</summary>
internal sealed class Lanes(RequestLimits limits)
{
    public RequestLimits Limits => limits;

    /// <summary>Handlers that give their thread back when they wait.</summary>
    public Lane Pool { get; } = new(
        limits.Concurrent, limits.Queued, static item => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false));

    /// <summary>Handlers that block their thread: each has one, and the pool keeps its own.</summary>
    public Lane Threads { get; } = new(limits.BlockingThreads, limits.Queued, static item => StartThread(item));

    private static void StartThread(LaneItem item)
    {
        try
        {
            var thread = new Thread(static item => ((LaneItem)item!).Execute()) { IsBackground = true, Name = $"Helios {item.Name}" };
            thread.UnsafeStart(item);
        }
        catch (OutOfMemoryException)
        {
            // The system gives no more threads. Not here: the place goes to the next one, which would fail inside of this one.
            ThreadPool.UnsafeQueueUserWorkItem(static item => item.FailToStart(), item, preferLocal: false);
        }
    }
}
