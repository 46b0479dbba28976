namespace HeliosStarling;

/// <summary>
/// Undoes the changes that application code makes to the <see cref="ExecutionContext"/> on a reader, such as to an
/// <see cref="AsyncLocal{T}"/> or the current culture. So every message starts with the same context.
/// </summary>
/// <remarks>Allocates nothing. Dispose of it on the thread that created it.</remarks>
internal readonly ref struct AmbientState : IDisposable
{
    private readonly ExecutionContext? _before;

    private AmbientState(ExecutionContext? before) => _before = before;

    /// <summary>Captures the current state.</summary>
    public static AmbientState Keep() => new(ExecutionContext.Capture());

    /// <summary>Restores the captured state.</summary>
    public void Dispose()
    {
        // Null while the flow of the context is suppressed.
        if (_before is not null) ExecutionContext.Restore(_before);
    }
}
