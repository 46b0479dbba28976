namespace HeliosStarling;

/// <summary>
/// Undoes what application code changes of the <see cref="ExecutionContext"/> while it runs on a reader, such as an
/// <see cref="AsyncLocal{T}"/> or the current culture: the next message starts as this one did.
/// </summary>
/// <remarks>Costs no allocation. Dispose of it on the thread that made it.</remarks>
internal readonly ref struct AmbientState : IDisposable
{
    private readonly ExecutionContext? _before;

    private AmbientState(ExecutionContext? before) => _before = before;

    /// <summary>Remembers the state of now.</summary>
    public static AmbientState Keep() => new(ExecutionContext.Capture());

    /// <summary>Returns to the state that was remembered.</summary>
    public void Dispose()
    {
        // There is none where its flow is suppressed.
        if (_before is not null) ExecutionContext.Restore(_before);
    }
}
