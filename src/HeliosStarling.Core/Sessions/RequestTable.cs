using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>The open requests of one direction. Allocates nothing while there are none.</summary>
/// <param name="capacity">The maximum number of open requests. Default: no limit.</param>
/// <remarks>Safe to call concurrently. Locks on itself to save an object for each session.</remarks>
internal sealed class RequestTable<T>(int capacity = int.MaxValue)
    where T : class
{
    private Dictionary<Guid, T>? _requests;
    private volatile int _count;
    private volatile bool _closed;

    public int Count => _count;

    /// <summary>Indicates whether another request may be added.</summary>
    public bool HasRoom => !_closed && _count < capacity;

    /// <summary>Adds a request unless there is one with its id or there is no room.</summary>
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
        // Usually no request is open. Then no lock is needed.
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

    /// <summary>Returns the open requests for which <paramref name="match"/> returns true.</summary>
    public IReadOnlyList<T> Where(Predicate<T> match)
    {
        lock (this) return _requests is null ? [] : [.. _requests.Values.Where(request => match(request))];
    }

    /// <summary>Removes and returns all requests. With <paramref name="close"/>, no request can be added any more.</summary>
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
