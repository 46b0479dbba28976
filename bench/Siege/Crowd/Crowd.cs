using System.Diagnostics;

namespace HeliosStarling.Siege;

/// <summary>Many innocents, who ask in turn.</summary>
internal sealed class Crowd : IDisposable
{
    private readonly List<Innocent> _innocents = [];
    private readonly List<long> _newsBefore = [];

    public Latencies Deliveries { get; } = new();

    public Latencies Answers { get; } = new();

    public IReadOnlyList<Innocent> Innocents => _innocents;

    /// <summary>How many have lost their connection.</summary>
    public int Lost => _innocents.Count(innocent => innocent.Closed is not null);

    /// <summary>How they were closed, for printing.</summary>
    public string LossCodes => string.Concat(_innocents.Where(innocent => innocent.Closed is not null)
        .GroupBy(innocent => innocent.Closed)
        .Select(loss => $", {loss.Count()} with {loss.Key}"));

    public long Asked => _innocents.Sum(innocent => innocent.Asked);

    public long Failed => _innocents.Sum(innocent => innocent.Failed);

    public long Open => _innocents.Sum(innocent => innocent.Open);

    public static async Task<Crowd> ConnectAsync(int port, int count)
    {
        var crowd = new Crowd();
        foreach (var some in Enumerable.Range(0, count).Chunk(50))
            crowd._innocents.AddRange(await Task.WhenAll(some.Select(_ => Innocent.ConnectAsync(port, crowd.Deliveries, crowd.Answers))));
        crowd._newsBefore.AddRange(crowd._innocents.Select(_ => 0L));
        return crowd;
    }

    /// <summary>Lets them ask in turn, so many a second.</summary>
    public async Task AskAsync(int perSecond, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var (start, asked) = (Stopwatch.GetTimestamp(), 0);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                for (var due = (int)(Stopwatch.GetElapsedTime(start).TotalSeconds * perSecond); asked < due; asked++)
                    await _innocents[asked % _innocents.Count].AskAsync("siege:echo", "[1,2,3]");
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    /// <summary>Whether all have everything up to this broadcast, and all their answers.</summary>
    public bool HasAll(long lastNews) => _innocents.All(innocent => innocent.Last >= lastNews && innocent.Open == 0);

    /// <summary>How many broadcasts, of so many since the last time, did not come to their innocents.</summary>
    public long TakeMissing(long sent)
    {
        var missing = 0L;
        for (var i = 0; i < _innocents.Count; i++)
        {
            missing += Math.Abs(sent - (_innocents[i].News - _newsBefore[i]));
            _newsBefore[i] = _innocents[i].News;
        }
        return missing;
    }

    public void Dispose()
    {
        foreach (var innocent in _innocents) innocent.Dispose();
    }
}
