using BenchmarkDotNet.Attributes;

namespace HeliosStarling.Micro;

/// <summary>From the application's value to a frame, which is released at once.</summary>
[MemoryDiagnoser]
public class MessageWrite
{
    private static readonly FrameEncoder s_encoder = new(new BufferPool(), TimeProvider.System);

    private readonly byte[] _id = SampleMessages.IdText;
    private readonly SerializedJson<Payload> _body = new(SampleMessages.Payload, MicroJson.Default.Payload);

    [GlobalSetup]
    public void WarmUp() => JitWarmUp.Run(Response, Notification);

    [Benchmark]
    public void Response() => s_encoder.Success(_id, _body).Release();

    [Benchmark]
    public void Notification() => s_encoder.Notification(SampleMessages.Topic, _body).Release();
}
