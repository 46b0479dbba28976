using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>
/// A queue of readers that have received much and have more to read; one runs per core. Readers that receive little never queue here and
/// wait for a few of these at most.
/// </summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class HeavyReaderQueue
{
    private readonly CoreBoundQueue<Action> _queue = new(perTurn: 1, static resume => resume());

    /// <summary>Queues the calling reader until its turn.</summary>
    public Turn NextAsync() => new(_queue);

    /// <summary>An awaitable place in the queue. Await it at once.</summary>
    public readonly struct Turn(CoreBoundQueue<Action> queue) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Turn GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => throw new NotSupportedException("Await it.");

        public void UnsafeOnCompleted(Action continuation) => queue.Add(continuation);
    }
}
