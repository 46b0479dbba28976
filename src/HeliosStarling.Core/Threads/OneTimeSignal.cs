namespace HeliosStarling;

/// <summary>
/// A signal that can be set once. It allocates nothing until it is set or awaited, because idle connections have several of them.
/// </summary>
/// <remarks>Safe to use concurrently. Use it only as a field that is not read-only.</remarks>
internal struct OneTimeSignal
{
    private static readonly TaskCompletionSource s_set = CreateSet();

    private TaskCompletionSource? _source;

    /// <summary>Indicates whether the signal is set.</summary>
    public readonly bool IsSet => _source is { Task.IsCompleted: true };

    /// <summary>Completes when the signal is set. Continuations run on the thread pool.</summary>
    public Task Task
    {
        get
        {
            if (Volatile.Read(ref _source) is { } source) return source.Task;
            var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _source, created, null) ?? created).Task;
        }
    }

    /// <summary>Sets the signal.</summary>
    public void Set() => Interlocked.CompareExchange(ref _source, s_set, null)?.TrySetResult();

    private static TaskCompletionSource CreateSet()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
