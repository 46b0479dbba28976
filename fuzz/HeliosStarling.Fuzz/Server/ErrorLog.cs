using Microsoft.Extensions.Logging;

namespace HeliosStarling.Fuzz;

/// <summary>Remembers the first logged error that no handler caused on purpose.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger
{
    private string? _unexpected;

    public string? Unexpected => Volatile.Read(ref _unexpected);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel < LogLevel.Error || exception is IntendedException) return;
        var text = formatter(state, exception);
        // fail:twice answers twice, which is logged as an error.
        if (exception is InvalidOperationException && text.Contains("fail:twice", StringComparison.Ordinal)) return;
        // System.Text.Json reads half a surrogate pair but does not write it: a handler that echoes it fails.
        if (exception?.GetBaseException() is InvalidOperationException fault && fault.Message.Contains("UTF-16", StringComparison.Ordinal))
            return;
        Interlocked.CompareExchange(ref _unexpected, $"{logLevel}: {text} {exception}", null);
    }

    public void Dispose()
    {
    }
}

/// <summary>An exception that handlers throw on purpose.</summary>
internal sealed class IntendedException() : Exception("boom");
