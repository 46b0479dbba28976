using System.Buffers;

namespace HeliosStarling;

/// <summary>A set of starlings: all of a server, or a group. The cost of a broadcast depends on the size of the set only.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class StarlingSet
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Starling, int> _positions = [];
    private readonly List<Starling> _starlings = [];
    private bool _isRetired;

    public int Count
    {
        get { lock (_lock) return _starlings.Count; }
    }

    /// <summary>Adds a starling. Returns false when it is in the set already or the set is retired.</summary>
    public bool Add(Starling starling)
    {
        lock (_lock)
        {
            if (_isRetired || !_positions.TryAdd(starling, _starlings.Count)) return false;
            _starlings.Add(starling);
            return true;
        }
    }

    /// <summary>Retires an empty set, so that no starling can be added any more.</summary>
    public bool TryRetire()
    {
        lock (_lock) return _isRetired |= _starlings.Count == 0;
    }

    public bool Remove(Starling starling)
    {
        lock (_lock)
        {
            if (!_positions.Remove(starling, out var position)) return false;
            var last = _starlings[^1];
            _starlings.RemoveAt(_starlings.Count - 1);
            if (last == starling) return true;
            _starlings[position] = last;
            _positions[last] = position;
            return true;
        }
    }

    /// <summary>A snapshot of the set.</summary>
    public Starling[] ToArray()
    {
        lock (_lock) return [.. _starlings];
    }

    /// <summary>Performs an action for each starling of a snapshot.</summary>
    public void ForEach(Action<Starling> action)
    {
        var snapshot = Rent(out var count);
        try
        {
            foreach (var starling in snapshot.AsSpan(0, count)) action(starling);
        }
        finally
        {
            ArrayPool<Starling>.Shared.Return(snapshot, clearArray: true);
        }
    }

    /// <summary>
    /// Queues one frame for all starlings that pass the filter, and waits for no receiver. The caller keeps its reference of the frame.
    /// </summary>
    /// <returns>The number of connected starlings that it was queued for. Held starlings may get the frame when they come back.</returns>
    public int Send(Frame frame, Func<Starling, bool>? filter)
    {
        var snapshot = Rent(out var count);
        try
        {
            if (filter is not null) count = Filter(snapshot, count, filter);
            frame.Receivers = Math.Max(1, count);
            var delivered = 0;
            foreach (var starling in snapshot.AsSpan(0, count))
            {
                var isConnected = starling.IsConnected;
                if (starling.Session.SendInTurn(frame.Retain()) == EnqueueStatus.Queued && isConnected) delivered++;
            }
            return delivered;
        }
        finally
        {
            ArrayPool<Starling>.Shared.Return(snapshot, clearArray: true);
        }
    }

    /// <summary>Moves the starlings that pass the filter to the front.</summary>
    /// <returns>The number of starlings that pass.</returns>
    private static int Filter(Starling[] starlings, int count, Func<Starling, bool> filter)
    {
        var passed = 0;
        for (var i = 0; i < count; i++)
        {
            if (filter(starlings[i])) starlings[passed++] = starlings[i];
        }
        return passed;
    }

    private Starling[] Rent(out int count)
    {
        lock (_lock)
        {
            count = _starlings.Count;
            var snapshot = ArrayPool<Starling>.Shared.Rent(count);
            _starlings.CopyTo(snapshot);
            return snapshot;
        }
    }
}
