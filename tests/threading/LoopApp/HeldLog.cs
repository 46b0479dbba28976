using Microsoft.Extensions.Logging;

namespace LoopApp;

/// <summary>Lets a handler that holds an I/O thread go as soon as the watchdog has named it.</summary>
internal sealed class HeldLog : ILoggerProvider, ILogger
{
    private readonly ManualResetEventSlim _named = new();

    /// <summary>Blocks until a handler was named; not for ever if none is.</summary>
    public bool Wait() => _named.Wait(TimeSpan.FromSeconds(30));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == 4) _named.Set();
    }

    public void Dispose() => _named.Dispose();
}
