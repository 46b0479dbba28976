using System.Diagnostics.Metrics;

namespace HeliosStarling.Wire;

/// <summary>Counts what one server measures; other servers of the same process have meters of the same name.</summary>
internal sealed class MetricsProbe : IDisposable
{
    private static readonly AsyncLocal<MetricsProbe?> s_starting = new();

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _counts = [];
    private readonly List<(string Name, long Count, TaskCompletionSource Reached)> _waiting = [];
    private readonly MeterListener _listener = new();

    public MetricsProbe()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (s_starting.Value == this && instrument.Meter.Name == "HeliosStarling") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(NameOf(instrument.Name, tags), value));
        _listener.Start();
    }

    /// <summary>Makes a server and listens to its meter alone.</summary>
    public T Attach<T>(Func<T> create)
    {
        s_starting.Value = this;
        try
        {
            return create();
        }
        finally
        {
            s_starting.Value = null;
        }
    }

    /// <summary>Waits until an instrument has counted that far; a reason follows its name in brackets.</summary>
    public Task ReachedAsync(string name, long count)
    {
        lock (_lock)
        {
            if (_counts.GetValueOrDefault(name) >= count) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((name, count, reached));
            return reached.Task.InTime();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(string name, long value)
    {
        lock (_lock)
        {
            var count = _counts[name] = _counts.GetValueOrDefault(name) + value;
            foreach (var waiting in _waiting.Where(waiting => waiting.Name == name && count >= waiting.Count)) waiting.Reached.TrySetResult();
        }
    }

    private static string NameOf(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.IsEmpty ? name : $"{name}[{tags[0].Value}]";
}
