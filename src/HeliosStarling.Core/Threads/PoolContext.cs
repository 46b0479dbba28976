namespace HeliosStarling;

/// <summary>
/// Where handlers run in event-loop mode that may take their time: what they do after an await goes on in the thread pool, whichever thread has
/// completed what they waited for.
/// </summary>
internal sealed class PoolContext : SynchronizationContext
{
    private static readonly PoolContext s_instance = new();

    private PoolContext()
    {
    }

    /// <summary>Whether the code that asks runs in it.</summary>
    public static bool IsCurrent => Current is PoolContext;

    /// <summary>Runs what follows in it, until the scope is disposed of by the same thread.</summary>
    public static Scope Enter()
    {
        var before = Current;
        SetSynchronizationContext(s_instance);
        return new Scope(before);
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => ThreadPool.QueueUserWorkItem(
        static posted =>
        {
            // The pool takes the context away again with the end of the work item.
            SetSynchronizationContext(s_instance);
            posted.d(posted.state);
        },
        (d, state),
        preferLocal: true);

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Puts the thread's former context back.</summary>
    public readonly struct Scope(SynchronizationContext? before) : IDisposable
    {
        public void Dispose() => SetSynchronizationContext(before);
    }
}
