namespace HeliosStarling;

/// <summary>
/// Something that happens once. Until somebody waits for it, or it happens, it takes no memory but its field: idle connections have
/// several.
/// </summary>
/// <remarks>Safe to use concurrently. To be kept in a field that is not read-only.</remarks>
internal struct OneTimeSignal
{
    private static readonly TaskCompletionSource s_happened = Happened();

    private TaskCompletionSource? _source;

    /// <summary>Whether it has happened.</summary>
    public readonly bool IsSet => _source is { Task.IsCompleted: true };

    /// <summary>Completes when it happens; who waits goes on in the thread pool.</summary>
    public Task Task
    {
        get
        {
            if (Volatile.Read(ref _source) is { } source) return source.Task;
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _source, mine, null) ?? mine).Task;
        }
    }

    /// <summary>It has happened.</summary>
    public void Set() => Interlocked.CompareExchange(ref _source, s_happened, null)?.TrySetResult();

    private static TaskCompletionSource Happened()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
