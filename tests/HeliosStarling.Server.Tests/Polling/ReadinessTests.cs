namespace HeliosStarling.Polling;

/// <summary>A signal without a waiter is kept, and a waiter continues once.</summary>
public sealed class ReadinessTests
{
    private readonly Readiness _readiness = new();

    [Fact]
    public void Wait_ToldBefore_EndsAtOnce_AndOnce()
    {
        Assert.False(_readiness.Tell());
        Assert.False(_readiness.Tell());

        Assert.True(_readiness.WaitAsync().AsTask().IsCompletedSuccessfully);
        Assert.False(_readiness.WaitAsync().AsTask().IsCompleted);
    }

    [Fact]
    public async Task Tell_SomebodyWaits_GoesOnWithExecuteAlone()
    {
        var waiting = _readiness.WaitAsync().AsTask();

        Assert.True(_readiness.Tell());
        Assert.False(waiting.IsCompleted);
        _readiness.Execute();
        await waiting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Tell_ManyThreads_EveryWaitEndsAndNoneGoesOnTwice()
    {
        const int waits = 50_000;
        var hasEnded = false;
        var tellers = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(() =>
        {
            while (!Volatile.Read(ref hasEnded))
            {
                if (_readiness.Tell()) _readiness.Execute();
            }
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();

        var ended = 0;
        for (; ended < waits; ended++)
            await _readiness.WaitAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Volatile.Write(ref hasEnded, true);

        await Task.WhenAll(tellers).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(waits, ended);
    }

    [Fact]
    public async Task Wait_AnotherWaits_Throws()
    {
        _ = _readiness.WaitAsync().AsTask();

        await Assert.ThrowsAsync<InvalidOperationException>(() => _readiness.WaitAsync().AsTask());
    }
}
