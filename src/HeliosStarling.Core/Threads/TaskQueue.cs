namespace HeliosStarling;

/// <summary>Runs application code piece by piece: each begins when the one before has ended, on a thread of the pool.</summary>
/// <remarks>Safe to call concurrently. Locks on itself, as small objects do of which each starling has one.</remarks>
internal sealed class TaskQueue
{
    private Task _last = Task.CompletedTask;

    /// <summary>
    /// Runs a piece behind all that were given before. One that blocks its thread holds up neither the caller nor a connection.
    /// </summary>
    /// <returns>Completes when the piece has ended; what it throws is its own affair.</returns>
    public Task RunAsync(Func<Task> run)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (this) (before, _last) = (_last, ended.Task);
        // Outside the lock: a piece may itself wait for other queues.
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
