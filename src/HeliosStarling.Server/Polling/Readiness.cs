using System.Threading.Tasks.Sources;

namespace HeliosStarling;

/// <summary>
/// The readiness of a socket to be read or written: one thread waits for it, and a poller signals it. A signal without a waiter is kept for
/// the next one.
/// </summary>
/// <remarks>For one waiter at a time; its wait may end without a reason. Signals are safe to send concurrently.</remarks>
internal sealed class Readiness : IValueTaskSource<int>, IThreadPoolWorkItem
{
    // Marks a signal in the place of the waiter's continuation.
    private static readonly Action<object?> s_told = static _ => { };

    private Action<object?>? _waiter;
    private object? _state;

    // A waiter that was signaled and has not run yet.
    private Action<object?>? _due;

    /// <summary>Whether the waiter is a heavy reader, which runs after light ones.</summary>
    public bool YieldsToLight { get; set; }

    /// <summary>Waits, unless a signal has come since the last wait. To be awaited at once.</summary>
    public ValueTask<int> WaitAsync() => new(this, 0);

    /// <summary>Signals the readiness.</summary>
    /// <returns>Whether there is a waiter, which the caller must then run with <see cref="Execute"/>.</returns>
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

    /// <summary>Signals the readiness from code other than the poller. A waiter runs in the thread pool.</summary>
    public void TellInPool()
    {
        if (Tell()) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Runs the waiter on this thread.</summary>
    public void Execute()
    {
        var (waiter, state) = (_due!, _state);
        (_due, _state) = (null, null);
        waiter(state);
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) =>
        Volatile.Read(ref _waiter) == s_told ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    // The signal is taken before the waiter uses the socket, so the waiter sees all that was reported.
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
