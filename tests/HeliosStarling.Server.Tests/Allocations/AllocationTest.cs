using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling.Allocations;

/// <summary>A server with connections in memory, and a scale for what it allocates.</summary>
/// <remarks>Bytes are counted, never time. Of several rounds the best counts: in one of them the collector may empty pools.</remarks>
[Collection(AllocationsCollection.Name)]
public abstract class AllocationTest : IAsyncLifetime
{
    /// <summary>How many messages one round has.</summary>
    protected const int Messages = 1000;

    /// <summary>What comes and goes: about 100 bytes.</summary>
    protected const string Json = """{"message":"The quick brown fox jumps over the lazy dog, and the dog sleeps.","room":"lobby"}""";

    private const int Rounds = 6;

    // Far above what a busy machine needs; only a test that fails waits so long.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly List<(FedStream Stream, Task Ended)> _connections = [];
    private readonly ManualResetEventSlim _reached = new();
    private long _sent;
    private long _awaited;

    private protected Helios Helios { get; } = Helios.Create(options =>
    {
        options.TimeProvider = new HurriedTime();
        options.Json.TypeInfoResolverChain.Insert(0, PayloadJson.Default);
    });

    /// <summary>How many bytes were sent over all connections.</summary>
    protected long Sent => Interlocked.Read(ref _sent);

    /// <summary>What the application is given of each message: its record and the strings in it.</summary>
    private protected long BytesOfPayload => BytesOf(() => JsonSerializer.Deserialize(JsonUtf8, TypeOfPayload));

    private static byte[] JsonUtf8 { get; } = System.Text.Encoding.UTF8.GetBytes(Json);

    private JsonTypeInfo<Payload> TypeOfPayload => Helios.Engine.TypeInfo<Payload>();

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        foreach (var (stream, _) in _connections) stream.Cut();
        foreach (var (_, ended) in _connections) await ended.InTime();
        await Helios.DisposeAsync();
        _reached.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets somebody in, whose reader waits when this returns.</summary>
    private protected async Task<(FedStream Stream, Starling Starling)> ConnectAsync()
    {
        var stream = new FedStream(OnSent);
        var starling = new Starling(Helios.Node, new ClaimsPrincipal());
        _connections.Add((stream, RunAsync(stream, starling)));
        await Eventually.TrueAsync(() => stream.IsTaken && starling.Session.Connection is { IsOpen: true });
        return (stream, starling);
    }

    /// <summary>Waits, without an allocation, until so many bytes were sent since the beginning.</summary>
    protected void WaitForSent(long total)
    {
        _reached.Reset();
        // A full fence: whoever sends the last byte sees what is awaited, or that byte is seen here.
        Interlocked.Exchange(ref _awaited, total);
        if (Sent < total) Assert.True(_reached.Wait(s_patience));
    }

    /// <summary>How many bytes this thread allocates for one of <see cref="Messages"/>, once all is warm.</summary>
    /// <param name="round">Handles that many messages, on this thread alone.</param>
    private protected static long BytesPerMessage(Action round) => Best(round, GC.GetAllocatedBytesForCurrentThread) / Messages;

    /// <summary>How many bytes all threads allocate in a round, once all is warm.</summary>
    private protected static long BytesOfAllThreads(Action round) => Best(round, static () => GC.GetTotalAllocatedBytes(precise: true));

    /// <summary>How many bytes something allocates that is done once per message.</summary>
    private protected static long BytesOf(Func<object?> make) => BytesPerMessage(() =>
    {
        for (var i = 0; i < Messages; i++) GC.KeepAlive(make());
    });

    private static long Best(Action round, Func<long> allocated)
    {
        var best = long.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var before = allocated();
            round();
            // The first one warms up.
            if (i > 0) best = Math.Min(best, allocated() - before);
        }
        return best;
    }

    private void OnSent(int count)
    {
        if (Interlocked.Add(ref _sent, count) == Interlocked.Read(ref _awaited)) _reached.Set();
    }

    private async Task RunAsync(FedStream stream, Starling starling)
    {
        Assert.True(Helios.Connections.TryEnter());
        await Helios.Connections.RunAsync(stream, default, new Arrival(starling.User, RecoveryRequest.None, starling), stream.Cut);
        Helios.Connections.Leave();
    }
}
