using BenchmarkDotNet.Attributes;

namespace HeliosStarling.Micro;

/// <summary>
/// What resume costs: the same requests and answers, without and with counting what comes, numbering and keeping what goes, and an acknowledgement
/// each way for every 32 messages. An operation is one request with its answer, two messages.
/// </summary>
[MemoryDiagnoser]
public class ResumeCost
{
    private readonly byte[] _request = Texts.Request;
    private readonly Talk _off = new(Servers.Create());
    private readonly Talk _on = new(Servers.Create(), resumes: true);

    [Benchmark(OperationsPerInvoke = Talk.Batch, Baseline = true)]
    public void ResumeOff() => _off.Receive(_request);

    [Benchmark(OperationsPerInvoke = Talk.Batch)]
    public void ResumeOn() => _on.ReceiveAndAcknowledge(_request);
}
