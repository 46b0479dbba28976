namespace HeliosStarling;

/// <summary>The requests that are sent or about to be sent, and not answered. Their number is limited by the server.</summary>
/// <remarks>
/// Not safe to use concurrently: the backlog has the lock. A request that has ended on the client counts until the server has answered it,
/// because it counts on the server until then.
/// </remarks>
internal sealed class OpenRequests
{
    private readonly Dictionary<Guid, (IQueuedRequest Request, int Size)> _open = [];
    private ServerLimits _server = ServerLimits.None;
    private long _bytes;

    /// <summary>Whether the server takes another request. A single request is always taken.</summary>
    public bool HasPlaceFor(Frame request) =>
        _open.Count == 0 || (_open.Count < _server.Requests && _bytes + request.Size <= _server.RequestBytes);

    /// <summary>Counts a request.</summary>
    /// <returns>The id of the request.</returns>
    public Guid Add(Frame frame)
    {
        var request = frame.Request!;
        // Without limits nothing is counted, because nobody reports the end of the requests.
        if (_server != ServerLimits.None && _open.TryAdd(request.Id, (request, frame.Size))) _bytes += frame.Size;
        return request.Id;
    }

    /// <summary>Stops counting a request. Returns false when it was not counted.</summary>
    public bool Remove(Guid id)
    {
        if (!_open.Remove(id, out var request)) return false;
        _bytes -= request.Size;
        return true;
    }

    /// <summary>Applies the limits of a server that is about to be linked.</summary>
    /// <param name="server">The limits of the server.</param>
    /// <param name="isNew">Whether the server knows no earlier messages. Then requests that were sent are lost.</param>
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
