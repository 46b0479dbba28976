using BenchmarkDotNet.Attributes;
using HeliosStarling.Protocol;

namespace HeliosStarling.Micro;

/// <summary>From bytes to a complete message: header, unmasking, UTF-8. Includes one copy in place of the socket.</summary>
[MemoryDiagnoser]
public class FrameRead : IDisposable
{
    // As many as fit a small receive buffer.
    private const int Frames = 12;

    private readonly FrameReader _reader = new(ProtocolLimits.DefaultMaxMessageSize, new BufferPool());
    private readonly byte[] _frames = ClientFrames.Repeat(SampleMessages.Request, Frames);

    [GlobalSetup]
    public void WarmUp() => JitWarmUp.Run(() => Read());

    [Benchmark(OperationsPerInvoke = Frames)]
    public int Read()
    {
        _frames.CopyTo(_reader.GetMemory());
        _reader.Advance(_frames.Length);
        var read = 0;
        while (_reader.TryRead(out _) == FrameStatus.Ready) read++;
        return read == Frames ? read : throw new InvalidOperationException($"{read} of {Frames} frames were read.");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _reader.Dispose();
        GC.SuppressFinalize(this);
    }
}
