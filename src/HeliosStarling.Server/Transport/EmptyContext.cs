namespace HeliosStarling;

/// <summary>
/// The <see cref="ExecutionContext"/> that connections run in: without any <see cref="AsyncLocal{T}"/>. So a handler sees the same state on
/// the reader as on a thread of the pool, and nothing of the upgrade request, which may have been hours ago.
/// </summary>
internal static class EmptyContext
{
    private static readonly ExecutionContext s_empty = Capture();

    /// <summary>Begins something in the empty context, in which it also goes on behind each await.</summary>
    public static Task Run(Func<Task> begin)
    {
        Task? running = null;
        ExecutionContext.Run(s_empty, _ => running = begin(), state: null);
        return running!;
    }

    // A thread that is started without the context of its starter has the empty one, which cannot be had otherwise.
    private static ExecutionContext Capture()
    {
        ExecutionContext? empty = null;
        var thread = new Thread(() => empty = ExecutionContext.Capture()) { IsBackground = true, Name = "Helios context" };
        thread.UnsafeStart();
        thread.Join();
        return empty!;
    }
}
