using BenchmarkDotNet.Attributes;

namespace HeliosStarling.Micro;

/// <summary>
/// What resume costs: the same exchange, without and with counting what comes, numbering and keeping what goes, and an acknowledgement each
/// way for every 32 messages. An operation is one message that comes, which nobody takes, and one that goes, which is made before: two
/// messages.
/// </summary>
[MemoryDiagnoser]
public class ResumeCost
{
    private readonly byte[] _message = Texts.Ignored;
    private readonly Frame _frame = new FrameEncoder(new BufferPool(), TimeProvider.System).Text("a message");
    private readonly Talk _off = new(Servers.Create());
    private readonly Talk _on = new(Servers.Create(), resumes: true);

    [GlobalSetup]
    public void WarmUp() => Warm.Up(ResumeOff, ResumeOn);

    [Benchmark(OperationsPerInvoke = Talk.Batch, Baseline = true)]
    public void ResumeOff() => _off.Exchange(_message, _frame);

    [Benchmark(OperationsPerInvoke = Talk.Batch)]
    public void ResumeOn()
    {
        _on.Exchange(_message, _frame);
        _on.Acknowledge();
    }
}
