using BenchmarkDotNet.Attributes;

namespace HeliosStarling.Micro;

/// <summary>
/// A frame's way through an outbox: queued, taken by a connection and, with numbered messages, acknowledged in batches.
/// </summary>
[MemoryDiagnoser]
public class OutboxPass
{
    private readonly DiscardingConnection _connection = new();
    private readonly Frame _frame = new FrameEncoder(new BufferPool(), TimeProvider.System).Text("a message");
    private readonly Outbox _plain = Make();
    private readonly Outbox _numbered = Make();
    private long _queued;

    [GlobalSetup]
    public void Link()
    {
        _plain.Restart(_connection, Numbering.None, null);
        _numbered.Restart(_connection, Numbering.WhenQueued, null);
        JitWarmUp.Run(QueueAndTake, () => QueueTakeAndAcknowledge());
    }

    [Benchmark(OperationsPerInvoke = BatchSession.Batch, Baseline = true)]
    public void QueueAndTake() => Pass(_plain);

    [Benchmark(OperationsPerInvoke = BatchSession.Batch)]
    public bool QueueTakeAndAcknowledge()
    {
        Pass(_numbered);
        return _numbered.Acknowledge(_connection, _queued += BatchSession.Batch) == AckResult.Applied
            ? true
            : throw new InvalidOperationException("The acknowledgement did not apply.");
    }

    private void Pass(Outbox outbox)
    {
        for (var i = 0; i < BatchSession.Batch; i++) outbox.Enqueue(_frame.Retain());
        while (outbox.TryTake(_connection, out var frame, out _)) frame!.Release();
    }

    private static Outbox Make() =>
        new(new OutboxLimits(1000, 1024 * 1024, OutboxPolicy.DropOldest), static frame => frame.Retain(), new PeerMemory(pool: null));
}
