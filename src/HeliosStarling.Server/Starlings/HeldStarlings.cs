namespace HeliosStarling;

/// <summary>The starlings that are kept after their connection ended, in the order in which they lost it.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class HeldStarlings(TimeProvider time, TimeSpan ttl, int limit)
{
    private readonly Lock _lock = new();
    private readonly Queue<(Starling Starling, long Since)> _held = new();

    /// <summary>Keeps a starling; beyond the limit the one held longest is forgotten for it.</summary>
    public void Hold(Starling starling)
    {
        Starling? evicted = null;
        lock (_lock)
        {
            _held.Enqueue((starling, time.GetTimestamp()));
            if (_held.Count > limit) evicted = _held.Dequeue().Starling;
        }
        evicted?.Remove();
    }

    /// <summary>Forgets those whose time is over.</summary>
    public void RemoveExpired()
    {
        while (TryTakeExpired() is { } starling) starling.Remove();
    }

    private Starling? TryTakeExpired()
    {
        lock (_lock) return _held.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Since) >= ttl ? _held.Dequeue().Starling : null;
    }
}
