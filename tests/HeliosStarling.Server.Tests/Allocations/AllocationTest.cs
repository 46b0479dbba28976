using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling.Allocations;

/// <summary>A server with connections in memory, and methods that count allocated bytes.</summary>
/// <remarks>Counts bytes, never time. The best of several rounds counts, because the collector may empty pools in one of them.</remarks>
[Collection(AllocationsCollection.Name)]
public abstract class AllocationTest : IAsyncLifetime
{
    /// <summary>The number of messages of one round.</summary>
    protected const int Messages = 1000;

    /// <summary>Received and sent: about 100 bytes.</summary>
    protected const string Json = """{"message":"The quick brown fox jumps over the lazy dog, and the dog sleeps.","room":"lobby"}""";

    private const int Rounds = 6;

    // Far longer than a busy machine needs. Only a failing test waits so long.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly List<(PushStream Stream, Task Ended)> _connections = [];
    private readonly ManualResetEventSlim _reached = new();
    private long _sent;
    private long _awaited;

    private protected Helios Helios { get; } = Helios.Create(options =>
    {
        options.TimeProvider = new JumpingTime();
        options.Json.TypeInfoResolverChain.Insert(0, PayloadJson.Default);
    });

    /// <summary>The number of bytes sent over all connections.</summary>
    protected long Sent => Interlocked.Read(ref _sent);

    /// <summary>The bytes of each message's record and its strings, which the application gets.</summary>
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

    /// <summary>Connects a client. Its reader waits when this returns.</summary>
    private protected async Task<(PushStream Stream, Starling Starling)> ConnectAsync()
    {
        var stream = new PushStream(OnSent);
        var starling = new Starling(Helios.Node, new ClaimsPrincipal());
        _connections.Add((stream, RunAsync(stream, starling)));
        await Eventually.TrueAsync(() => stream.IsTaken && starling.Session.Connection is { IsOpen: true });
        return (stream, starling);
    }

    /// <summary>Waits, without allocating, until this many bytes were sent in total.</summary>
    protected void WaitForSent(long total)
    {
        _reached.Reset();
        // A full fence: either the sender of the last byte sees the awaited number, or this thread sees that byte.
        Interlocked.Exchange(ref _awaited, total);
        if (Sent < total) Assert.True(_reached.Wait(s_patience));
    }

    /// <summary>The bytes that this thread allocates for each of <see cref="Messages"/>, after a warm-up.</summary>
    /// <param name="round">Handles that many messages on this thread.</param>
    private protected static long BytesPerMessage(Action round) => Best(round, GC.GetAllocatedBytesForCurrentThread) / Messages;

    /// <summary>The bytes that all threads allocate in a round, after a warm-up.</summary>
    private protected static long BytesOfAllThreads(Action round) => Best(round, static () => GC.GetTotalAllocatedBytes(precise: true));

    /// <summary>The bytes of something that is allocated once per message.</summary>
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
            // The first round is a warm-up.
            if (i > 0) best = Math.Min(best, allocated() - before);
        }
        return best;
    }

    private void OnSent(int count)
    {
        if (Interlocked.Add(ref _sent, count) == Interlocked.Read(ref _awaited)) _reached.Set();
    }

    private async Task RunAsync(PushStream stream, Starling starling)
    {
        Assert.True(Helios.Connections.TryEnter());
        await Helios.Connections.RunAsync(stream, default, new Arrival(starling.User, RecoveryRequest.None, starling), stream.Cut);
        Helios.Connections.Leave();
    }
}
