namespace HeliosStarling;

/// <summary>
/// Runs application code as a sequence of tasks. Each task starts when the one before it has ended, on a thread of the pool.
/// </summary>
/// <remarks>Safe to call concurrently. Locks on itself to save an object for each starling.</remarks>
internal sealed class TaskQueue
{
    private Task _last = Task.CompletedTask;

    /// <summary>Runs a task after all earlier ones. A task that blocks its thread delays neither the caller nor a connection.</summary>
    /// <returns>A task that ends as the given one does. Tasks that fail do not affect later ones.</returns>
    public Task RunAsync(Func<Task> run)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (this) (before, _last) = (_last, ended.Task);
        // Outside the lock, because a task may itself wait for other queues.
        return RunAfterAsync(before, run, ended);
    }

    private static async Task RunAfterAsync(Task before, Func<Task> run, TaskCompletionSource ended)
    {
        try
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await run().ConfigureAwait(false);
        }
        finally
        {
            ended.SetResult();
        }
    }
}
