using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>
/// Who may go on, in the order in which they were told: those that have had much of the machine, the patient, when no other is there, and
/// one behind a few others, so that none waits for ever.
/// </summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class ReadyQueue
{
    private const int OthersPerPatient = 8;

    private readonly ConcurrentQueue<Readiness> _others = new();
    private readonly ConcurrentQueue<Readiness> _patient = new();

    public bool IsEmpty => _others.IsEmpty && _patient.IsEmpty;

    /// <summary>Whether none is there that should go on soon.</summary>
    public bool YieldsToLight => _others.IsEmpty;

    public void Add(Readiness waiter) => (waiter.YieldsToLight ? _patient : _others).Enqueue(waiter);

    /// <param name="others">How many others have gone on since a patient one did; at first 0.</param>
    /// <param name="waiter">Who goes on next.</param>
    public bool TryTake(ref int others, [NotNullWhen(true)] out Readiness? waiter)
    {
        if (others < OthersPerPatient && _others.TryDequeue(out waiter))
        {
            others++;
            return true;
        }
        others = 0;
        return _patient.TryDequeue(out waiter) || _others.TryDequeue(out waiter);
    }
}
