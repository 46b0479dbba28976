namespace HeliosStarling;

/// <summary>Heavy readers run one after another, and other work does not wait for all of them.</summary>
public sealed class HeavyReaderQueueTests
{
    private readonly HeavyReaderQueue _queue = new();

    [Fact]
    public async Task NextAsync_ManyAtOnce_AsManyRunAsThereAreCores()
    {
        var (running, most, turns) = (0, 0, 0);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            for (var turn = 0; turn < 200; turn++)
            {
                await _queue.NextAsync();
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
    public async Task NextAsync_AfterPauses_EveryReaderRuns()
    {
        // The queue empties and fills many times. A reader that arrives just when the last one leaves must run.
        for (var round = 0; round < 5000; round++)
            await Task.WhenAll(TakeOneAsync(), TakeOneAsync()).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        async Task TakeOneAsync()
        {
            await Task.Yield();
            await _queue.NextAsync();
        }
    }

    [Fact]
    public async Task ThreadPool_LongQueue_WaitsForFewReaders()
    {
        using var stop = new CancellationTokenSource();
        var turns = 0;
        var readers = Enumerable.Range(0, 1000).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await _queue.NextAsync();
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

        // Without the queue it would wait for all of them. A preempted thread may let more pass, so the median counts.
        Assert.InRange(waited.Order().ElementAt(10), 0, 100);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen; (seen = Volatile.Read(ref most)) < value;) Interlocked.CompareExchange(ref most, value, seen);
    }
}
