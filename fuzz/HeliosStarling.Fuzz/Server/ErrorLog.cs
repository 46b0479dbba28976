using Microsoft.Extensions.Logging;

namespace HeliosStarling.Fuzz;

/// <summary>Remembers the first error that is not one of the application's own making.</summary>
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
        if (logLevel < LogLevel.Error || exception is BoomException) return;
        var text = formatter(state, exception);
        // The one method that answers twice, which is an error of its own.
        if (exception is InvalidOperationException && text.Contains("fail:twice", StringComparison.Ordinal)) return;
        // Half a pair of surrogates is JSON that the framework reads and does not write again: code that echoes it fails.
        if (exception?.GetBaseException() is InvalidOperationException fault && fault.Message.Contains("UTF-16", StringComparison.Ordinal))
            return;
        Interlocked.CompareExchange(ref _unexpected, $"{logLevel}: {text} {exception}", null);
    }

    public void Dispose()
    {
    }
}

/// <summary>What handlers throw on purpose.</summary>
internal sealed class BoomException() : Exception("boom");
