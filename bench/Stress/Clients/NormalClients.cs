using System.Diagnostics;

namespace HeliosStarling.Stress;

/// <summary>Many normal clients, which send requests in turn.</summary>
internal sealed class NormalClients : IDisposable
{
    private readonly List<NormalClient> _clients = [];
    private readonly List<long> _broadcastsBefore = [];

    public Latencies Deliveries { get; } = new();

    public Latencies Answers { get; } = new();

    public IReadOnlyList<NormalClient> Clients => _clients;

    /// <summary>The number of clients that have lost their connection.</summary>
    public int Lost => _clients.Count(client => client.Closed is not null);

    /// <summary>The close codes of lost connections, as text to print.</summary>
    public string LossCodes => string.Concat(_clients.Where(client => client.Closed is not null)
        .GroupBy(client => client.Closed)
        .Select(loss => $", {loss.Count()} with {loss.Key}"));

    public long Asked => _clients.Sum(client => client.Asked);

    public long Failed => _clients.Sum(client => client.Failed);

    public long Open => _clients.Sum(client => client.Open);

    public static async Task<NormalClients> ConnectAsync(int port, int count)
    {
        var clients = new NormalClients();
        foreach (var some in Enumerable.Range(0, count).Chunk(50))
        {
            var connecting = some.Select(_ => NormalClient.ConnectAsync(port, clients.Deliveries, clients.Answers));
            clients._clients.AddRange(await Task.WhenAll(connecting));
        }
        clients._broadcastsBefore.AddRange(clients._clients.Select(_ => 0L));
        return clients;
    }

    /// <summary>Sends requests at this rate, each from the next client.</summary>
    public async Task AskAsync(int perSecond, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var (start, asked) = (Stopwatch.GetTimestamp(), 0);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                for (var due = (int)(Stopwatch.GetElapsedTime(start).TotalSeconds * perSecond); asked < due; asked++)
                    await _clients[asked % _clients.Count].AskAsync("stress:echo", "[1,2,3]");
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>Whether all clients have received everything up to this broadcast, and all answers.</summary>
    public bool HasAll(long lastBroadcast) => _clients.All(client => client.LastBroadcast >= lastBroadcast && client.Open == 0);

    /// <summary>The number of deliveries that are missing, when <paramref name="sent"/> broadcasts were sent since the last call.</summary>
    public long TakeMissing(long sent)
    {
        var missing = 0L;
        for (var i = 0; i < _clients.Count; i++)
        {
            missing += Math.Abs(sent - (_clients[i].Broadcasts - _broadcastsBefore[i]));
            _broadcastsBefore[i] = _clients[i].Broadcasts;
        }
        return missing;
    }

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
    }
}
