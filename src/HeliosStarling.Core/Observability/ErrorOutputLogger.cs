using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>
/// The logger of a server or client that has no other logger. It writes warnings and errors to the standard error stream, so that
/// exceptions of handlers do not go unnoticed.
/// </summary>
/// <remarks>Safe to use concurrently. Each entry is one write.</remarks>
internal sealed class ErrorOutputLogger(string category) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and not LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        var text = FormattableString.Invariant(
            $"{NameOf(logLevel)}: {category}[{eventId.Id}] {formatter(state, exception)}{Environment.NewLine}");
        Console.Error.Write(exception is null ? text : $"{text}{exception}{Environment.NewLine}");
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
