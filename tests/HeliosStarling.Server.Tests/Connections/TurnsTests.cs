namespace HeliosStarling;

/// <summary>Readers that ask for much come up one after another, and nobody else waits for all of them.</summary>
public sealed class TurnsTests
{
    private readonly HeavyReaderQueue _turns = new();

    [Fact]
    public async Task NextAsync_ManyAtOnce_AsManyRunAsThereAreCores()
    {
        var (running, most, turns) = (0, 0, 0);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            for (var turn = 0; turn < 200; turn++)
            {
                await _turns.NextAsync();
                InterlockedMax(ref most, Interlocked.Increment(ref running));
                Thread.SpinWait(100);
                Interlocked.Increment(ref turns);
                Interlocked.Decrement(ref running);
            }
        })));

        Assert.Equal(50 * 200, turns);
        Assert.InRange(most, 1, Environment.ProcessorCount);
    }

    [Fact]
    public async Task NextAsync_AfterPauses_NobodyIsForgotten()
    {
        // The line empties and fills over and over: a reader that comes at the moment at which the last one leaves must be seen.
        for (var round = 0; round < 5000; round++)
            await Task.WhenAll(TakeOneAsync(), TakeOneAsync()).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        async Task TakeOneAsync()
        {
            await Task.Yield();
            await _turns.NextAsync();
        }
    }

    [Fact]
    public async Task ThreadPool_LongLine_WaitsForAFewOfIt()
    {
        using var stop = new CancellationTokenSource();
        var turns = 0;
        var readers = Enumerable.Range(0, 1000).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await _turns.NextAsync();
                Thread.SpinWait(1000);
                Interlocked.Increment(ref turns);
            }
        })).ToList();
        var waited = new List<int>();

        for (var probe = 0; probe < 21; probe++)
        {
            var before = Volatile.Read(ref turns);
            waited.Add(await Task.Run(() => Volatile.Read(ref turns)) - before);
        }
        await stop.CancelAsync();
        await Task.WhenAll(readers);

        // Without the line it would be behind each of them. A preempted thread may let some more by: hence the median.
        Assert.InRange(waited.Order().ElementAt(10), 0, 100);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen; (seen = Volatile.Read(ref most)) < value;) Interlocked.CompareExchange(ref most, value, seen);
    }
}
