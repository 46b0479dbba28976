using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>
/// Holds the sockets that may go on now, in the order in which they became ready. Heavy readers have a queue of their own: one of them goes
/// on when no light reader is ready, and one after every 8 light readers. So none waits for ever.
/// </summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class ReadyQueue
{
    private const int LightPerHeavy = 8;

    private readonly ConcurrentQueue<Readiness> _light = new();
    private readonly ConcurrentQueue<Readiness> _heavy = new();

    public bool IsEmpty => _light.IsEmpty && _heavy.IsEmpty;

    /// <summary>Whether none is there that should go on soon.</summary>
    public bool YieldsToLight => _light.IsEmpty;

    public void Add(Readiness waiter) => (waiter.YieldsToLight ? _heavy : _light).Enqueue(waiter);

    /// <param name="others">How many others have gone on since a patient one did; at first 0.</param>
    /// <param name="waiter">Who goes on next.</param>
    public bool TryTake(ref int others, [NotNullWhen(true)] out Readiness? waiter)
    {
        if (others < LightPerHeavy && _light.TryDequeue(out waiter))
        {
            others++;
            return true;
        }
        others = 0;
        return _heavy.TryDequeue(out waiter) || _light.TryDequeue(out waiter);
    }
}
