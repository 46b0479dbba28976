using BenchmarkDotNet.Attributes;

namespace HeliosStarling.Micro;

/// <summary>
/// One broadcast, until the last receiver's connection has written it to its stream. Includes frames and gathering, but no sockets.
/// </summary>
[MemoryDiagnoser]
public class Broadcast : IDisposable
{
    private static readonly Payload s_payload = SampleMessages.Payload;

    private readonly ManualResetEventSlim _delivered = new();
    private readonly Helios _helios = Servers.Create();
    private int _left;

    [Params(1, 200, 1000, 10_000)]
    public int Receivers { get; set; }

    [GlobalSetup]
    public Task ConnectAsync() => new InMemoryClients(_helios).ConnectAsync(Receivers, resumes: false, OnSent);

    [Benchmark]
    public async ValueTask<int> ToAll()
    {
        _delivered.Reset();
        Volatile.Write(ref _left, Receivers);
        var result = await _helios.Starlings.BroadcastAsync(SampleMessages.Topic, s_payload);
        _delivered.Wait();
        return result.LocalReceivers;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _delivered.Dispose();
        GC.SuppressFinalize(this);
    }

    // One write for each receiver. The next broadcast starts after the last write.
    private void OnSent(int bytes)
    {
        if (Interlocked.Decrement(ref _left) == 0) _delivered.Set();
    }
}
