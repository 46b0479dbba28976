using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>
/// The sockets that can go on, in the order in which they became ready. Heavy readers have their own queue: one of them runs when no light
/// reader is ready, and one after every 8 light readers. So no reader waits forever.
/// </summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class ReadyQueue
{
    private const int LightPerHeavy = 8;

    private readonly ConcurrentQueue<Readiness> _light = new();
    private readonly ConcurrentQueue<Readiness> _heavy = new();

    public bool IsEmpty => _light.IsEmpty && _heavy.IsEmpty;

    /// <summary>Whether no light reader is ready.</summary>
    public bool YieldsToLight => _light.IsEmpty;

    public void Add(Readiness waiter) => (waiter.YieldsToLight ? _heavy : _light).Enqueue(waiter);

    /// <param name="others">The number of light readers since the last heavy one; 0 at first.</param>
    /// <param name="waiter">The next waiter to run.</param>
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
