namespace HeliosStarling;

/// <summary>Where requests run: most on the reader and the pool, blocking ones on threads of their own.</summary>
internal sealed class Lanes(RequestLimits limits)
{
    public RequestLimits Limits => limits;

    /// <summary>Handlers that give their thread back when they wait.</summary>
    public Lane Pool { get; } = new(limits.Concurrent, limits.Queued, static request => ThreadPool.UnsafeQueueUserWorkItem(request, preferLocal: false));

    /// <summary>Handlers that block their thread: each has one, and the pool keeps its own.</summary>
    public Lane Threads { get; } = new(limits.BlockingThreads, limits.Queued, static request => StartThread(request));

    private static void StartThread(InboundRequest request)
    {
        try
        {
            var thread = new Thread(static request => ((InboundRequest)request!).Execute()) { IsBackground = true, Name = $"Helios {request.Method.Name}" };
            thread.UnsafeStart(request);
        }
        catch (OutOfMemoryException)
        {
            // The system gives no more threads. Not here: the place goes to the next one, which would fail inside of this one.
            ThreadPool.UnsafeQueueUserWorkItem(static request => request.FailToStart(), request, preferLocal: false);
        }
    }
}
