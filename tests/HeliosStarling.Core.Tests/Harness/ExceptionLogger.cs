using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>Keeps the exceptions that were logged.</summary>
internal sealed class ExceptionLogger : ILogger
{
    public List<Exception> Exceptions { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null) lock (Exceptions) Exceptions.Add(exception);
    }
}
