namespace HeliosStarling;

/// <summary>The lanes in which requests run: most on the reader and the thread pool, blocking ones on threads of their own.</summary>
internal sealed class Lanes(RequestLimits limits)
{
    public RequestLimits Limits => limits;

    /// <summary>The lane for asynchronous handlers.</summary>
    public Lane Pool { get; } = new(
        limits.Concurrent, limits.Queued, static item => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false));

    /// <summary>The lane for handlers that block. Each of them has its own thread, so they do not use up the thread pool.</summary>
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
            // The system cannot start another thread. This must not run here: it gives the place to the next item, which would fail
            // recursively.
            ThreadPool.UnsafeQueueUserWorkItem(static item => item.FailToStart(), item, preferLocal: false);
        }
    }
}
