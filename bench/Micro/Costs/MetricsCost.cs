using BenchmarkDotNet.Attributes;

namespace HeliosStarling.Micro;

/// <summary>
/// What measuring costs while nobody listens: all that is asked of metrics and traces for a message that comes, and for a request with its
/// answer.
/// </summary>
[MemoryDiagnoser]
public class MetricsCost : IDisposable
{
    private readonly EngineMetrics _metrics = new("server");

    [GlobalSetup]
    public void WarmUp() => Warm.Up(Message, () => RequestWithAnswer());

    /// <summary>What comes and is taken.</summary>
    [Benchmark]
    public void Message() => _metrics.Received(MessageKind.Notification, 200);

    /// <summary>A request that comes, is served and whose answer goes: two messages.</summary>
    [Benchmark]
    public bool RequestWithAnswer()
    {
        _metrics.Received(MessageKind.Request, 200);
        var isObserved = _metrics.MeasuresInboundRequests || Traces.HasListeners;
        _metrics.Sent(MessageKind.Response, 200);
        return isObserved;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _metrics.Dispose();
        GC.SuppressFinalize(this);
    }
}
