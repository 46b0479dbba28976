using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>
/// Where readers wait that have had much of the machine and want more: whoever asks for little never stands there, and waits behind a few of them.
/// </summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class HeavyReaderQueue
{
    private readonly CoreBoundQueue<Action> _line = new(perTurn: 1, static goOn => goOn());

    /// <summary>Waits for a turn.</summary>
    public Turn NextAsync() => new(_line);

    /// <summary>A place in the line, to be awaited at once.</summary>
    public readonly struct Turn(CoreBoundQueue<Action> line) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Turn GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => throw new NotSupportedException("Await it.");

        public void UnsafeOnCompleted(Action continuation) => line.Add(continuation);
    }
}
