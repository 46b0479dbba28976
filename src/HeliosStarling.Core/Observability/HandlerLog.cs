using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>Logs the faults of handlers. Warnings that a client can cause are limited to ten a minute of each kind.</summary>
/// <param name="logger">Where they go.</param>
/// <param name="time">The clock.</param>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class HandlerLog(ILogger logger, TimeProvider time)
{
    private readonly WarningLimit _ownRequests = new(time);
    private readonly WarningLimit _timeouts = new(time);
    private readonly WarningLimit _blocking = new(time);

    /// <summary>The handler of a method threw.</summary>
    public void MethodFailed(string method, Exception exception)
    {
        if (!TryLogOwnRequest($"method '{method}'", exception)) logger.HandlerFailed(method, exception);
    }

    /// <summary>A handler of something else threw.</summary>
    /// <param name="what">What it handles: a topic, an event, or the method with which it was registered.</param>
    /// <param name="exception">What it threw.</param>
    public void ListenerFailed(string what, Exception exception)
    {
        if (!TryLogOwnRequest(what, exception)) logger.ListenerFailed(what, exception);
    }

    /// <summary>A handler refused a message with a <see cref="HeliosException"/>; its sender is told.</summary>
    public void Refused(string what, string code) => logger.ListenerRefused(what, code);

    /// <summary>The time limit of a request has passed.</summary>
    /// <param name="method">The method that was called.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="hasWaited">Whether the request has waited for its turn all the time; if not, its handler has not ended.</param>
    public void TimedOut(string method, TimeSpan limit, bool hasWaited)
    {
        if (!_timeouts.TryTake(out var unlogged)) return;
        if (hasWaited) logger.RequestTimedOutInQueue(method, limit, unlogged);
        else logger.HandlerTimedOut(method, limit, unlogged);
    }

    /// <summary>A handler blocks the thread that reads its connection.</summary>
    public void Blocks(string what, TimeSpan limit)
    {
        if (_blocking.TryTake(out var unlogged)) logger.HandlerBlocks(what, limit, unlogged);
    }

    private bool TryLogOwnRequest(string what, Exception exception)
    {
        if (exception is not HeliosException { FailedRequest: { } request } failure) return false;
        if (_ownRequests.TryTake(out var unlogged)) logger.OwnRequestNotCaught(what, request, failure.Code, unlogged);
        return true;
    }
}
