namespace HeliosStarling.Stress;

/// <summary>Ends handlers that block their threads or never return.</summary>
internal sealed class HandlerRelease : IDisposable
{
    private readonly ManualResetEventSlim _threads = new();
    private readonly CancellationTokenSource _tasks = new();

    /// <summary>Blocks the thread until <see cref="Set"/> is called, or for this long.</summary>
    public bool Block(TimeSpan longest) => _threads.Wait(longest);

    /// <summary>Waits until <see cref="Set"/> is called, or for this long.</summary>
    public async Task WaitAsync(TimeSpan longest) =>
        await Task.Delay(longest, _tasks.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Set()
    {
        _threads.Set();
        _tasks.Cancel();
    }

    public void Dispose()
    {
        Set();
        _threads.Dispose();
        _tasks.Dispose();
    }
}
