namespace HeliosStarling;

/// <summary>The requests that a server has, or is about to get, and has not answered: as many as it takes.</summary>
/// <remarks>
/// Not thread-safe: its backlog locks. A request that has ended here counts until the server's answer comes, as it does there.
/// </remarks>
internal sealed class OpenRequests
{
    private readonly Dictionary<Guid, (IQueuedRequest Request, int Size)> _open = [];
    private ServerLimits _server = ServerLimits.None;
    private long _bytes;

    /// <summary>Whether the server takes one more. One alone always has a place.</summary>
    public bool HasPlaceFor(Frame request) =>
        _open.Count == 0 || (_open.Count < _server.Requests && _bytes + request.Size <= _server.RequestBytes);

    /// <summary>Counts a request.</summary>
    /// <returns>Its id.</returns>
    public Guid Add(Frame frame)
    {
        var request = frame.Request!;
        // Nobody tells what a server without limits has answered.
        if (_server != ServerLimits.None && _open.TryAdd(request.Id, (request, frame.Size))) _bytes += frame.Size;
        return request.Id;
    }

    /// <summary>Counts a request no more; false when it was not counted.</summary>
    public bool Remove(Guid id)
    {
        if (!_open.Remove(id, out var request)) return false;
        _bytes -= request.Size;
        return true;
    }

    /// <summary>Counts for a server from now on.</summary>
    /// <param name="server">What it takes.</param>
    /// <param name="isNew">Whether it knows nothing of what was sent before: that is lost.</param>
    public void Begin(ServerLimits server, bool isNew)
    {
        _server = server;
        if (!isNew) return;
        foreach (var (id, open) in _open)
        {
            if (open.Request.IsSent || server == ServerLimits.None) Remove(id);
        }
    }
}
