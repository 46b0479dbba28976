namespace HeliosStarling;

/// <summary>Tells the application of events one after another: the handlers of one have ended before those of the next begin.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class EventQueue(EventHub<ClientEvent> hub)
{
    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Tells of an event, behind all events before it.</summary>
    /// <returns>Completes when its handlers have ended.</returns>
    public Task TellAsync(ClientEvent happened)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_lock) (before, _last) = (_last, told.Task);
        _ = TellAfterAsync(before, happened, told);
        return told.Task;
    }

    private async Task TellAfterAsync(Task before, ClientEvent happened, TaskCompletionSource told)
    {
        // Never on the thread that tells: a handler that blocks must not hold the connection up.
        await Task.Yield();
        try
        {
            await before.ConfigureAwait(false);
            await hub.EmitAsync(happened).ConfigureAwait(false);
        }
        finally
        {
            told.SetResult();
        }
    }
}
