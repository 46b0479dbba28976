using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>The log messages of the engine. They never contain payloads or tokens.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(1, LogLevel.Error, "The handler of method '{Method}' failed.")]
    public static partial void HandlerFailed(this ILogger logger, string method, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "A handler of {What} failed.")]
    public static partial void ListenerFailed(this ILogger logger, string what, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "The data of a notification on topic '{Topic}' is not what its handler takes: {Count} errors.")]
    public static partial void NotificationUnreadable(this ILogger logger, string topic, int count);

    [LoggerMessage(4, LogLevel.Debug, "A handler of {What} refused a message: {Code}")]
    public static partial void ListenerRefused(this ILogger logger, string what, string code);

    [LoggerMessage(5, LogLevel.Warning, "The handler of {What} did not catch that its own request to '{Method}' failed with {Code}. Catch the HeliosException. To tell a caller more than METHOD_ERROR, throw a new one. (Warnings not logged since the last one: {Unlogged}.)")]
    public static partial void OwnRequestNotCaught(this ILogger logger, string what, string method, string code, int unlogged);

    [LoggerMessage(
        6,
        LogLevel.Debug,
        "A client's notification on topic '{Topic}' is refused, because its data is not what the handler takes: {Count} errors.")]
    public static partial void NotificationRefused(this ILogger logger, string topic, int count);

    [LoggerMessage(7, LogLevel.Warning, "The handler of method '{Method}' has not ended within its time limit of {Limit}, and its caller got REQUEST_TIMEOUT. Pass the request's CancellationToken on, do less, or raise the limit. (Warnings not logged since the last one: {Unlogged}.)")]
    public static partial void HandlerTimedOut(this ILogger logger, string method, TimeSpan limit, int unlogged);

    [LoggerMessage(8, LogLevel.Warning, "A request to method '{Method}' waited for its turn until its time limit of {Limit} had passed: too many handlers run. (Warnings not logged since the last one: {Unlogged}.)")]
    public static partial void RequestTimedOutInQueue(this ILogger logger, string method, TimeSpan limit, int unlogged);

    [LoggerMessage(9, LogLevel.Warning, "The handler of {What} has blocked the thread that reads its connection for {Time}: everything else that its client sends waits. Await instead of blocking, or register the method with Blocking = true. (Warnings not logged since the last one: {Unlogged}.)")]
    public static partial void HandlerBlocks(this ILogger logger, string what, TimeSpan time, int unlogged);
}
