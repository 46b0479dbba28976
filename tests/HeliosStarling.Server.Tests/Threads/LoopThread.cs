using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace HeliosStarling.Threads;

/// <summary>Stands for an I/O thread of the runtime: what waits for bytes goes on here. To be awaited, it goes on here too.</summary>
internal sealed class LoopThread : INotifyCompletion, IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public LoopThread()
    {
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether the code that asks runs here.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    public bool IsCompleted => IsCurrent;

    public LoopThread GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => _work.Add(continuation);

    /// <summary>Where a handler goes on after an await of something that completes here: <c>pool</c>, <c>io</c> or else.</summary>
    /// <param name="plain">Whether it is awaited as it is, without <c>ConfigureAwait(false)</c>.</param>
    public async Task<string> AwaitHereAsync(bool plain = true)
    {
        var here = new TaskCompletionSource();
        var resumed = ResumeAsync();
        // It waits before this is done, else it would not go on anywhere else.
        OnCompleted(here.SetResult);
        return await resumed.ConfigureAwait(plain);

        async Task<string> ResumeAsync()
        {
            await here.Task.ConfigureAwait(plain);
            return Name;
        }
    }

    /// <summary>Which kind of thread runs.</summary>
    public string Name => IsCurrent ? "io" : Thread.CurrentThread.IsThreadPoolThread ? "pool" : "own";

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable()) work();
    }
}
