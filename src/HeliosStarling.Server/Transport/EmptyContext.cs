namespace HeliosStarling;

/// <summary>
/// An <see cref="ExecutionContext"/> without any <see cref="AsyncLocal{T}"/>. Connections run in it: a handler sees the same context on
/// the reader as on a pool thread, and nothing of the upgrade request, which may be hours old.
/// </summary>
internal static class EmptyContext
{
    private static readonly ExecutionContext s_empty = Capture();

    /// <summary>Starts an operation in the empty context. Its continuations run in that context, too.</summary>
    public static Task Run(Func<Task> begin)
    {
        Task? running = null;
        ExecutionContext.Run(s_empty, _ => running = begin(), state: null);
        return running!;
    }

    // There is no API for an empty context. A thread that is started without its creator's context has one.
    private static ExecutionContext Capture()
    {
        ExecutionContext? empty = null;
        var thread = new Thread(() => empty = ExecutionContext.Capture()) { IsBackground = true, Name = "Helios context" };
        thread.UnsafeStart();
        thread.Join();
        return empty!;
    }
}
