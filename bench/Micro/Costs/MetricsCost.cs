using BenchmarkDotNet.Attributes;

namespace HeliosStarling.Micro;

/// <summary>
/// The cost of metrics and traces while nobody listens: all calls for one received message, and for a request with its answer.
/// </summary>
[MemoryDiagnoser]
public class MetricsCost : IDisposable
{
    private readonly EngineMetrics _metrics = new("server");

    [GlobalSetup]
    public void WarmUp() => JitWarmUp.Run(Message, () => RequestWithAnswer());

    /// <summary>A received message.</summary>
    [Benchmark]
    public void Message() => _metrics.Received(MessageKind.Notification, 200);

    /// <summary>A received request and its answer: two messages.</summary>
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
