using BenchmarkDotNet.Attributes;

namespace HeliosStarling.Micro;

/// <summary>
/// One broadcast, until the last receiver's connection has written it to its stream. Frames and gathering are in it, sockets are not.
/// </summary>
[MemoryDiagnoser]
public class Broadcast : IDisposable
{
    private static readonly Payload s_news = Texts.Payload;

    private readonly ManualResetEventSlim _delivered = new();
    private readonly Helios _helios = Servers.Create();
    private int _left;

    [Params(1, 200, 1000, 10_000)]
    public int Receivers { get; set; }

    [GlobalSetup]
    public Task EnterAsync() => new Crowd(_helios).EnterAsync(Receivers, resumes: false, OnSent);

    [Benchmark]
    public async ValueTask<int> ToAll()
    {
        _delivered.Reset();
        Volatile.Write(ref _left, Receivers);
        var told = await _helios.Starlings.BroadcastAsync(Texts.Topic, s_news);
        _delivered.Wait();
        return told.LocalReceivers;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _delivered.Dispose();
        GC.SuppressFinalize(this);
    }

    // One write for each receiver: the next broadcast begins when the last one has arrived.
    private void OnSent(int bytes)
    {
        if (Interlocked.Decrement(ref _left) == 0) _delivered.Set();
    }
}
