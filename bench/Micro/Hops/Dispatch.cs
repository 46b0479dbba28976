using BenchmarkDotNet.Attributes;

namespace HeliosStarling.Micro;

/// <summary>
/// From a message's UTF-8 through the session to a typed handler, which ends at once; for a request back to its answer in the outbox, from
/// where a connection takes it. No sockets and no frames that come.
/// </summary>
[MemoryDiagnoser]
public class Dispatch
{
    private readonly byte[] _request = Texts.Request;
    private readonly byte[] _notification = Texts.Notification;
    private readonly Talk _talk = new(Servers.Create());

    [GlobalSetup]
    public void WarmUp() => Warm.Up(Request, Notification);

    [Benchmark(OperationsPerInvoke = Talk.Batch)]
    public void Request() => _talk.Receive(_request);

    [Benchmark(OperationsPerInvoke = Talk.Batch)]
    public void Notification() => _talk.Receive(_notification);
}
