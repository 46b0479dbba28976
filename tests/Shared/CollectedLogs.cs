using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>Collects log entries.</summary>
internal sealed class CollectedLogs : ILoggerFactory, ILogger
{
    private readonly List<(LogLevel Level, string Text)> _entries = [];

    public IReadOnlyList<string> All
    {
        get { lock (_entries) return [.. _entries.Select(entry => entry.Text)]; }
    }

    public IReadOnlyList<string> Warnings
    {
        get { lock (_entries) return [.. _entries.Where(entry => entry.Level == LogLevel.Warning).Select(entry => entry.Text)]; }
    }

    public IReadOnlyList<string> Errors
    {
        get { lock (_entries) return [.. _entries.Where(entry => entry.Level >= LogLevel.Error).Select(entry => entry.Text)]; }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_entries) _entries.Add((logLevel, $"{formatter(state, exception)} {exception}"));
    }

    public void Dispose()
    {
    }
}
