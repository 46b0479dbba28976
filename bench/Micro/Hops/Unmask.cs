using BenchmarkDotNet.Attributes;

namespace HeliosStarling.Micro;

/// <summary>Unmasking in place: an echo's request, and a large message.</summary>
[MemoryDiagnoser]
public class Unmask
{
    private readonly byte[] _request = SampleMessages.Request;
    private readonly byte[] _large = new byte[64 * 1024];

    [GlobalSetup]
    public void WarmUp() => JitWarmUp.Run(Request, Large);

    [Benchmark]
    public void Request() => Masking.Apply(_request, ClientFrames.Mask);

    [Benchmark]
    public void Large() => Masking.Apply(_large, ClientFrames.Mask);
}
