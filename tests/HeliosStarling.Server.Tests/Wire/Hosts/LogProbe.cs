using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace HeliosStarling.Wire;

/// <summary>Records log entries.</summary>
internal sealed class LogProbe : ILoggerProvider
{
    private readonly ConcurrentQueue<Entry> _entries = [];
    private readonly ConcurrentQueue<string> _everything = [];

    /// <summary>The entries of the library.</summary>
    public IReadOnlyCollection<Entry> Entries => _entries;

    /// <summary>All entries, including scopes and exceptions.</summary>
    public IReadOnlyCollection<string> Everything => _everything;

    public ILogger CreateLogger(string categoryName) =>
        new Logger(this, categoryName.StartsWith("HeliosStarling", StringComparison.Ordinal));

    public void Dispose()
    {
    }

    public sealed record Entry(LogLevel Level, string Text, Exception? Exception);

    private sealed class Logger(LogProbe probe, bool isOurs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            probe._everything.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            probe._everything.Enqueue($"{text} {exception}");
            if (isOurs) probe._entries.Enqueue(new Entry(logLevel, text, exception));
        }
    }
}
