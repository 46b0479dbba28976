namespace HeliosStarling;

/// <summary>Blocks the threads that pass it until it is opened.</summary>
internal sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim _open = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _passed;

    /// <summary>Completes when somebody stands before it.</summary>
    public Task Entered => _entered.Task;

    /// <summary>How many have come through.</summary>
    public int Passed => Volatile.Read(ref _passed);

    public void Pass()
    {
        _entered.TrySetResult();
        _open.Wait();
        Interlocked.Increment(ref _passed);
    }

    public void Open() => _open.Set();

    public void Dispose() => _open.Set();
}
