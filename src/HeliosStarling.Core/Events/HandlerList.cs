using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>Handlers of one kind of happening. A handler that fails is logged and harms nobody.</summary>
/// <param name="logger">Where failures go.</param>
/// <param name="what">What the handlers handle, for the log.</param>
/// <remarks>Safe to call concurrently; handlers run one after another, in the order in which they were added.</remarks>
internal sealed class HandlerList<T>(ILogger logger, string what)
{
    private readonly Lock _lock = new();
    private volatile Func<T, ValueTask>[] _handlers = [];

    public bool IsEmpty => _handlers.Length == 0;

    public IDisposable Add(Func<T, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        lock (_lock) _handlers = [.. _handlers, handler];
        return new Registration(this, handler);
    }

    public IDisposable Add(Action<T> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(argument =>
        {
            handler(argument);
            return default;
        });
    }

    public async ValueTask InvokeAsync(T argument)
    {
        foreach (var handler in _handlers)
        {
            try
            {
                await handler(argument).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                logger.ListenerFailed(what, exception);
            }
        }
    }

    private void Remove(Func<T, ValueTask> handler)
    {
        lock (_lock) _handlers = [.. _handlers.Where(other => other != handler)];
    }

    private sealed class Registration(HandlerList<T> list, Func<T, ValueTask> handler) : IDisposable
    {
        public void Dispose() => list.Remove(handler);
    }
}
