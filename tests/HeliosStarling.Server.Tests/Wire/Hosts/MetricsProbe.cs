using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace HeliosStarling.Wire;

/// <summary>Records the metrics of one server. Other servers of the process have meters of the same name.</summary>
internal sealed class MetricsProbe : IDisposable
{
    private static readonly AsyncLocal<MetricsProbe?> s_starting = new();

    private readonly Lock _lock = new();
    private readonly Dictionary<string, double> _sums = [];
    private readonly Dictionary<string, double> _gauges = [];
    private readonly List<(string Name, double Count, TaskCompletionSource Reached)> _waiting = [];
    private readonly ConcurrentBag<Instrument> _instruments = [];
    private readonly MeterListener _listener = new();

    public MetricsProbe()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (s_starting.Value != this || instrument.Meter.Name != "HeliosStarling") return;
            _instruments.Add(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The instruments of the server.</summary>
    public IReadOnlyCollection<Instrument> Instruments => _instruments;

    /// <summary>Every series so far: the instrument's name and its tags' values in brackets, with the sum; of a histogram the count, and
    /// the sum under its name with <c>.sum</c>.</summary>
    public IReadOnlyDictionary<string, double> Series
    {
        get { lock (_lock) return new Dictionary<string, double>(_sums); }
    }

    /// <summary>The sum of a series so far; 0 when it has no values.</summary>
    public double this[string series]
    {
        get { lock (_lock) return _sums.GetValueOrDefault(series); }
    }

    /// <summary>Creates a server and listens only to its meter.</summary>
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

    /// <summary>Waits until a series has reached a value. The values of its tags follow its name in brackets.</summary>
    public Task ReachedAsync(string series, long count)
    {
        lock (_lock)
        {
            if (_sums.GetValueOrDefault(series) >= count) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((series, count, reached));
            return reached.Task.InTime();
        }
    }

    /// <summary>The current value of an observable instrument.</summary>
    public double Observe(string series)
    {
        _listener.RecordObservableInstruments();
        lock (_lock) return _gauges[series];
    }

    public void Dispose() => _listener.Dispose();

    private void Add<T>(Instrument instrument, T measured, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct, IConvertible
    {
        var name = NameOf(instrument.Name, tags);
        var value = measured.ToDouble(CultureInfo.InvariantCulture);
        lock (_lock)
        {
            if (instrument.IsObservable)
            {
                _gauges[name] = value;
                return;
            }
            if (instrument is Histogram<T>)
            {
                _sums[$"{name}.sum"] = _sums.GetValueOrDefault($"{name}.sum") + value;
                value = 1;
            }
            var count = _sums[name] = _sums.GetValueOrDefault(name) + value;
            foreach (var waiting in _waiting.Where(waiting => waiting.Name == name && count >= waiting.Count))
                waiting.Reached.TrySetResult();
        }
    }

    private static string NameOf(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return name;
        var values = new List<object?>();
        foreach (var tag in tags) values.Add(tag.Value);
        return $"{name}[{string.Join(',', values)}]";
    }
}
