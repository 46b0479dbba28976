using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>The log messages of the engine. They never contain payloads or tokens.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(1, LogLevel.Error, "The handler of method '{Method}' failed.")]
    public static partial void HandlerFailed(this ILogger logger, string method, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "A handler of {What} failed.")]
    public static partial void ListenerFailed(this ILogger logger, string what, Exception exception);

    [LoggerMessage(4, LogLevel.Debug, "A handler of {What} refused a message: {Code}")]
    public static partial void ListenerRefused(this ILogger logger, string what, string code);

    [LoggerMessage(5, LogLevel.Debug, "A handler of {What} did not catch the failure of its own request: {Code}")]
    public static partial void OwnRequestNotCaught(this ILogger logger, string what, string code);

    /// <summary>
    /// Logs the exception of a handler. An uncaught error of the handler's own request is only a debug message, because a client can cause
    /// it.
    /// </summary>
    public static void HandlerThrew(this ILogger logger, string what, Exception exception, Action<ILogger, string, Exception> log)
    {
        if (exception is HeliosException { IsOfRequest: true, Code: var code }) logger.OwnRequestNotCaught(what, code);
        else log(logger, what, exception);
    }

    [LoggerMessage(3, LogLevel.Warning, "The data of a notification on topic '{Topic}' is not what its handler takes: {Count} errors.")]
    public static partial void NotificationUnreadable(this ILogger logger, string topic, int count);

    [LoggerMessage(
        6,
        LogLevel.Debug,
        "A client's notification on topic '{Topic}' is refused, because its data is not what the handler takes: {Count} errors.")]
    public static partial void NotificationRefused(this ILogger logger, string topic, int count);
}
