using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>
/// The line in which readers wait that have had much of the machine and want more. Of all in it, only as many run at once as there are cores:
/// whoever asks for little, and never stands in it, waits behind a few of them and not behind all.
/// </summary>
/// <remarks>Safe to call concurrently. Readers come up in the order in which they came.</remarks>
internal sealed class Turns : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<Action> _waiting = new();
    private int _free = Environment.ProcessorCount;

    /// <summary>Waits for a turn.</summary>
    public Line NextAsync() => new(this);

    void IThreadPoolWorkItem.Execute()
    {
        if (_waiting.TryDequeue(out var goOn)) goOn();
        // Behind whatever else the thread pool has been given meanwhile.
        if (!_waiting.IsEmpty) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        else GiveBack();
    }

    private void Wait(Action goOn)
    {
        _waiting.Enqueue(goOn);
        TryRun();
    }

    private void GiveBack()
    {
        Interlocked.Increment(ref _free);
        // Somebody may have come since the line was seen empty, and found no place free.
        if (!_waiting.IsEmpty) TryRun();
    }

    private void TryRun()
    {
        for (int free; (free = Volatile.Read(ref _free)) > 0;)
        {
            if (Interlocked.CompareExchange(ref _free, free - 1, free) != free) continue;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
    }

    /// <summary>A place in the line, to be awaited at once.</summary>
    public readonly struct Line(Turns turns) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Line GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => throw new NotSupportedException("Await it.");

        public void UnsafeOnCompleted(Action continuation) => turns.Wait(continuation);
    }
}
