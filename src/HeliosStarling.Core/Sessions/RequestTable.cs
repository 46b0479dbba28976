using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>The open requests of one direction. An idle session's table holds nothing.</summary>
/// <param name="capacity">How many may be open. Default any number.</param>
/// <remarks>Safe to call concurrently. Locks on itself, as small objects do of which each connection or request has some.</remarks>
internal sealed class RequestTable<T>(int capacity = int.MaxValue)
    where T : class
{
    private Dictionary<Guid, T>? _requests;
    private volatile int _count;
    private volatile bool _closed;

    public int Count => _count;

    /// <summary>Whether one more may be open.</summary>
    public bool HasRoom => !_closed && _count < capacity;

    /// <summary>Adds a request unless its id is open already or there is no room.</summary>
    public bool TryAdd(Guid id, T request)
    {
        lock (this)
        {
            if (_closed || _count >= capacity || !(_requests ??= []).TryAdd(id, request)) return false;
            _count = _requests.Count;
            return true;
        }
    }

    public bool TryGet(Guid id, [NotNullWhen(true)] out T? request)
    {
        request = null;
        // Mostly none is open, which costs no lock.
        if (_count == 0) return false;
        lock (this) return _requests is not null && _requests.TryGetValue(id, out request);
    }

    public bool TryRemove(Guid id, [NotNullWhen(true)] out T? request)
    {
        lock (this)
        {
            request = null;
            if (_requests is null || !_requests.Remove(id, out request)) return false;
            _count = _requests.Count;
            return true;
        }
    }

    /// <summary>The open requests that <paramref name="match"/>.</summary>
    public IReadOnlyList<T> Where(Predicate<T> match)
    {
        lock (this) return _requests is null ? [] : [.. _requests.Values.Where(request => match(request))];
    }

    /// <summary>Takes all requests out; with <paramref name="close"/> none can be added any more.</summary>
    public IReadOnlyCollection<T> Drain(bool close)
    {
        lock (this)
        {
            _closed |= close;
            var drained = _requests?.Values;
            (_requests, _count) = (null, 0);
            return drained is null ? [] : drained;
        }
    }
}
