using BenchmarkDotNet.Attributes;

namespace HeliosStarling.Micro;

/// <summary>
/// From a message's UTF-8 through the session to a typed handler, which ends at once. For a request also its answer, until a connection
/// takes it from the outbox. Without sockets and without reading frames.
/// </summary>
[MemoryDiagnoser]
public class Dispatch
{
    private readonly byte[] _request = SampleMessages.Request;
    private readonly byte[] _notification = SampleMessages.Notification;
    private readonly BatchSession _session = new(Servers.Create());

    [GlobalSetup]
    public void WarmUp() => JitWarmUp.Run(Request, Notification);

    [Benchmark(OperationsPerInvoke = BatchSession.Batch)]
    public void Request() => _session.Receive(_request);

    [Benchmark(OperationsPerInvoke = BatchSession.Batch)]
    public void Notification() => _session.Receive(_notification);
}
