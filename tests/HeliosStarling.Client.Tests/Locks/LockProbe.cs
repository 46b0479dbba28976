using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace HeliosStarling.Locks;

/// <summary>Application code of every kind that checks whether it is called under a lock.</summary>
internal sealed class LockProbe
{
    private readonly ConcurrentDictionary<string, bool> _places = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<object> _roots = [];

    /// <summary>Which kinds of code were called.</summary>
    public ConcurrentDictionary<string, int> Called { get; } = new(StringComparer.Ordinal);

    /// <summary>The locks that were found, and the call that held them.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>Starts looking for locks.</summary>
    public T Watch<T>(T root)
        where T : class
    {
        _roots.Add(root);
        return root;
    }

    /// <summary>Records a call of this kind of code. Each call site is checked once.</summary>
    public void Here(string kind)
    {
        Called.AddOrUpdate(kind, 1, static (_, count) => count + 1);
        var stack = new StackTrace(1).ToString();
        if (!_places.TryAdd($"{kind} {stack}", true)) return;
        foreach (var held in HeldLocks.Of(_roots)) Faults.Enqueue($"{kind} under the lock of {held}\n{stack}");
    }

    /// <inheritdoc cref="Here"/>
    public T Here<T>(string kind, T result)
    {
        Here(kind);
        return result;
    }

    public TimeProvider Time(string kind) => new ProbingTime(this, kind);

    public ILoggerFactory Logs(string kind) =>
        LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(new ProbingLogs(this, kind)));

    public JsonConverter<Item> Converter() => new ProbingConverter(this);

    /// <summary>Listens to all metrics and traces.</summary>
    public IDisposable Listen()
    {
        var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name.StartsWith("HeliosStarling", StringComparison.Ordinal))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<long>((_, _, _, _) => Here("metrics"));
        meters.SetMeasurementEventCallback<int>((_, _, _, _) => Here("metrics"));
        meters.SetMeasurementEventCallback<double>((_, _, _, _) => Here("metrics"));
        meters.Start();
        return meters;
    }

    private sealed class ProbingTime(LockProbe probe, string kind) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => probe.Here(kind, base.GetUtcNow());

        public override long GetTimestamp() => probe.Here(kind, base.GetTimestamp());

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            probe.Here(kind, base.CreateTimer(callback, state, dueTime, period));
    }

    private sealed class ProbingLogs(LockProbe probe, string kind) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => probe.Here(kind);

        public void Dispose()
        {
        }
    }

    private sealed class ProbingConverter(LockProbe probe) : JsonConverter<Item>
    {
        public override Item Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            probe.Here("converter, reading", new Item(reader.GetInt32()));

        public override void Write(Utf8JsonWriter writer, Item value, JsonSerializerOptions options)
        {
            probe.Here("converter, writing");
            writer.WriteNumberValue(value.Number);
        }
    }
}

/// <summary>A value that a converter of the application reads and writes.</summary>
internal sealed record Item(int Number);
