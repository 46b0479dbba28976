using System.Threading.Tasks.Sources;

namespace HeliosStarling;

/// <summary>
/// That a socket may be read, or may be written: one waits for it, a poller tells. Told while nobody waits, it is kept for who comes next.
/// </summary>
/// <remarks>One waiter at a time, whose wait may end without reason; telling is safe to call concurrently.</remarks>
internal sealed class Readiness : IValueTaskSource<int>, IThreadPoolWorkItem
{
    // Stands where a waiter's continuation would.
    private static readonly Action<object?> s_told = static _ => { };

    private Action<object?>? _waiter;
    private object? _state;

    // A waiter that was told and has not gone on yet.
    private Action<object?>? _due;

    /// <summary>Whether the waiter has had much of the machine: it goes on behind those who have not.</summary>
    public bool YieldsToLight { get; set; }

    /// <summary>Waits, unless it was told since the last wait. To be awaited at once.</summary>
    public ValueTask<int> WaitAsync() => new(this, 0);

    /// <summary>Tells.</summary>
    /// <returns>Whether somebody waited, who is now to be let go on with <see cref="Execute"/>.</returns>
    public bool Tell()
    {
        while (true)
        {
            var waiter = Volatile.Read(ref _waiter);
            if (waiter == s_told) return false;
            if (Interlocked.CompareExchange(ref _waiter, waiter is null ? s_told : null, waiter) != waiter) continue;
            if (waiter is null) return false;
            _due = waiter;
            return true;
        }
    }

    /// <summary>Tells from elsewhere than a poller: who waited goes on in the thread pool.</summary>
    public void TellInPool()
    {
        if (Tell()) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>The waiter goes on, on this thread.</summary>
    public void Execute()
    {
        var (waiter, state) = (_due!, _state);
        (_due, _state) = (null, null);
        waiter(state);
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) =>
        Volatile.Read(ref _waiter) == s_told ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    // The waiting thread looks at the socket after this, and sees everything that was reported.
    int IValueTaskSource<int>.GetResult(short token)
    {
        Interlocked.CompareExchange(ref _waiter, null, s_told);
        return 0;
    }

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _state = state;
        var before = Interlocked.CompareExchange(ref _waiter, continuation, null);
        if (before is null) return;
        if (before != s_told) throw new InvalidOperationException("Another one waits already.");
        _state = null;
        ThreadPool.UnsafeQueueUserWorkItem(continuation, state, preferLocal: false);
    }
}
