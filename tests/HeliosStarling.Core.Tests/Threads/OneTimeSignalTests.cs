namespace HeliosStarling.Threads;

/// <summary>A signal that is set once.</summary>
public sealed class OneTimeSignalTests
{
    private OneTimeSignal _signal;

    [Fact]
    public void Task_NothingHasHappened_Waits()
    {
        Assert.False(_signal.IsSet);
        Assert.False(_signal.Task.IsCompleted);
        Assert.False(_signal.IsSet);
    }

    [Fact]
    public void Set_SomebodyWaits_CompletesTheSameTask()
    {
        var waiting = _signal.Task;

        _signal.Set();

        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.Same(waiting, _signal.Task);
        Assert.True(_signal.IsSet);
    }

    [Fact]
    public void Set_NobodyWaitsYet_LaterOnesDoNotWait()
    {
        _signal.Set();
        _signal.Set();

        Assert.True(_signal.IsSet);
        Assert.True(_signal.Task.IsCompletedSuccessfully);
    }
}
