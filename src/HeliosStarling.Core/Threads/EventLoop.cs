using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>
/// Event-loop mode: sockets complete on I/O threads, which are few and serve all connections. Library work and handlers that do not block run there; all
/// other code of the application is started in the <see cref="PoolContext"/>.
/// </summary>
/// <param name="time">The watchdog's clock.</param>
/// <param name="logger">Where the watchdog names handlers.</param>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class EventLoop(TimeProvider time, ILogger logger) : IDisposable
{
    private readonly Watchdog _watchdog = new(time, logger);

    /// <summary>Whether this thread is neither one of the pool nor one that was made for a handler.</summary>
    public static bool IsOnIoThread => !Thread.CurrentThread.IsThreadPoolThread && !PoolContext.IsCurrent;

    /// <summary>Goes on in the thread pool.</summary>
    public static PoolHop GoToPoolAsync() => default;

    /// <summary>Watches over a handler that starts on this thread, an I/O thread, until the result is disposed of.</summary>
    public Watched Watch(string method) => _watchdog.Watch(method);

    /// <summary>Starts code of the application, which may take its time, in the <see cref="PoolContext"/>.</summary>
    public static ValueTask StartAsync<T>(Func<T, ValueTask> code, T argument)
    {
        if (IsOnIoThread) return HopAsync(code, argument);
        using (PoolContext.Enter()) return code(argument);
    }

    /// <inheritdoc cref="StartAsync{T}(Func{T, ValueTask}, T)"/>
    public static ValueTask<TResult> StartAsync<T, TResult>(Func<T, ValueTask<TResult>> code, T argument)
    {
        if (IsOnIoThread) return HopAsync(code, argument);
        using (PoolContext.Enter()) return code(argument);
    }

    public void Dispose() => _watchdog.Dispose();

    private static async ValueTask HopAsync<T>(Func<T, ValueTask> code, T argument)
    {
        await GoToPoolAsync();
        await StartAsync(code, argument).ConfigureAwait(false);
    }

    private static async ValueTask<TResult> HopAsync<T, TResult>(Func<T, ValueTask<TResult>> code, T argument)
    {
        await GoToPoolAsync();
        return await StartAsync(code, argument).ConfigureAwait(false);
    }
}
