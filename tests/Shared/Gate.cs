namespace HeliosStarling;

/// <summary>Blocks threads until it is opened.</summary>
internal sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim _open = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _passed;

    /// <summary>Completes when a thread waits.</summary>
    public Task Entered => _entered.Task;

    /// <summary>The number of threads that have passed.</summary>
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
