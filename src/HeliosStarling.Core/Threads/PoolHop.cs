using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>Goes on in the thread pool; at once if it is there already. To be awaited at once.</summary>
internal readonly struct PoolHop : ICriticalNotifyCompletion
{
    public bool IsCompleted => !EventLoop.IsOnIoThread;

    public PoolHop GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => throw new NotSupportedException("Await it.");

    public void UnsafeOnCompleted(Action continuation) =>
        ThreadPool.UnsafeQueueUserWorkItem(static goOn => goOn(), continuation, preferLocal: false);
}
