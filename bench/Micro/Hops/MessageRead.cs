using BenchmarkDotNet.Attributes;
using HeliosStarling.Protocol;

namespace HeliosStarling.Micro;

/// <summary>From UTF-8 to a message.</summary>
[MemoryDiagnoser]
public class MessageRead
{
    private readonly byte[] _request = SampleMessages.Request;
    private readonly byte[] _notification = SampleMessages.Notification;

    [GlobalSetup]
    public void WarmUp() => JitWarmUp.Run(() => Request(), () => Notification());

    [Benchmark]
    public bool Request() => Read(_request);

    [Benchmark]
    public bool Notification() => Read(_notification);

    private static bool Read(byte[] utf8) =>
        MessageReader.Read(utf8, out _, out _) == ReadStatus.Message ? true : throw new InvalidOperationException("It is no message.");
}
