using BenchmarkDotNet.Attributes;

namespace HeliosStarling.Micro;

/// <summary>
/// The cost of resume: the same exchange without it and with it. With resume, received messages are counted, sent messages are numbered and
/// kept, and each side acknowledges every 32 messages. An operation is two messages: one received, which no handler takes, and one sent,
/// which was encoded before.
/// </summary>
[MemoryDiagnoser]
public class ResumeCost
{
    private readonly byte[] _message = SampleMessages.Ignored;
    private readonly Frame _frame = new FrameEncoder(new BufferPool(), TimeProvider.System).Text("a message");
    private readonly BatchSession _off = new(Servers.Create());
    private readonly BatchSession _on = new(Servers.Create(), resumes: true);

    [GlobalSetup]
    public void WarmUp() => JitWarmUp.Run(ResumeOff, ResumeOn);

    [Benchmark(OperationsPerInvoke = BatchSession.Batch, Baseline = true)]
    public void ResumeOff() => _off.Exchange(_message, _frame);

    [Benchmark(OperationsPerInvoke = BatchSession.Batch)]
    public void ResumeOn()
    {
        _on.Exchange(_message, _frame);
        _on.Acknowledge();
    }
}
