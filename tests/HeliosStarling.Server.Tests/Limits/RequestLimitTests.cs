using System.Text.Json;
using HeliosStarling.Wire;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Limits;

/// <summary>How many requests run and wait, of all starlings and of each.</summary>
public sealed class RequestLimitTests
{
    private const string ServerIsFull = "The server has too many requests to run: 1 wait already (MaxQueuedRequests). Try again later.";

    private readonly Gate _gate = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MaxConcurrentRequests_AndMaxQueuedRequests_RunWaitAndRefuse(bool isMapped)
    {
        await using var server = await LimitServer.StartAsync(
            _gate.Register, options => (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (3, 1), isMapped);
        var clients = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => server.ConnectAsync()));
        foreach (var client in clients[..3]) await client.SendTextAsync(Request("wait:gate"));
        await Bound.EventuallyAsync(() => server.Helios.Engine.Lanes.Pool.Running == 3, "three run");

        await clients[3].SendTextAsync(Request("wait:gate"));
        await Bound.EventuallyAsync(() => server.Helios.Engine.Lanes.Pool.Waiting == 1, "the fourth waits");
        Assert.Equal(3, _gate.Entered);
        await clients[4].SendTextAsync(Request("wait:gate"));
        await clients[4].ExpectFailureAsync("REQUEST_QUEUE_FULL", ServerIsFull);

        _gate.Open();
        foreach (var client in clients[..4]) await client.ExpectSuccessAsync("\"passed\"");
        await clients[4].ExpectAliveAsync();
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task MaxRequestsPerStarling_OneBeyond_IsRefusedAndTheOthersAreAnswered()
    {
        await using var server = await LimitServer.StartAsync(_gate.Register, options => options.MaxRequestsPerStarling = 3);
        await using var client = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        for (var i = 1; i <= 3; i++) await client.SendTextAsync(Request("wait:gate", id: IdOf(i)));

        await client.SendTextAsync(Request("echo:echo", "1", IdOf(4)));
        await client.ExpectFailureAsync("REQUEST_QUEUE_FULL", StarlingIsFull(3), id: IdOf(4));
        await other.ExpectAliveAsync();

        _gate.Open();
        var answered = new[] { await client.ReadTextAsync(), await client.ReadTextAsync(), await client.ReadTextAsync() };
        Assert.All(answered, answer => Assert.Contains("\"passed\"", answer, StringComparison.Ordinal));
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task MaxRequestsPerStarling_NextRequestRightBehindAnAnswer_IsLetIn()
    {
        await using var server = await LimitServer.StartAsync(helios => helios.Method("yield:it", async (RequestContext _) =>
        {
            await Task.Yield();
            return 1;
        }), options => options.MaxRequestsPerStarling = 1);
        await using var client = await server.ConnectAsync();

        for (var i = 0; i < 300; i++)
        {
            await client.SendTextAsync(Request("yield:it"));
            await client.ExpectSuccessAsync("1");
        }
    }

    [Fact]
    public async Task MaxRequestsPerStarling_CountsHandlersThatGoOnAfterTheirTimeLimit()
    {
        await using var server = await LimitServer.StartAsync(
            _gate.Register, options => (options.MaxRequestsPerStarling, options.RequestTimeout) = (1, TimeSpan.FromSeconds(5)));
        await using var client = await server.ConnectAsync();
        // With a payload, so that the end of the handler shows in the counted bytes.
        await client.SendTextAsync(Request("wait:gate", "1"));
        await Bound.EventuallyAsync(() => _gate.Entered == 1, "the handler runs");
        await Bound.EventuallyAsync(() => server.Helios.Engine.Lanes.Pool.Running == 1, "it has its place");
        await Bound.EventuallyAsync(() =>
        {
            server.Time.Advance(TimeSpan.FromSeconds(5));
            return server.Helios.Engine.Lanes.Pool.Running == 0;
        }, "its time is over");
        Assert.Contains("REQUEST_TIMEOUT", await client.ReadTextAsync(), StringComparison.Ordinal);

        await client.SendTextAsync(Request("echo:echo", "1", IdOf(2)));
        await client.ExpectFailureAsync("REQUEST_QUEUE_FULL", StarlingIsFull(1), id: IdOf(2));

        _gate.Open();
        await Bound.EventuallyAsync(() => server.Helios.Engine.Buffers.Rented == 0, "the handler has ended");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task MaxRequestBytesPerStarling_AtTheLimitAndBeyond()
    {
        await using var server = await LimitServer.StartAsync(
            Register, options => (options.MaxMessageSize, options.MaxRequestBytesPerStarling) = (1024, 1024));
        await using var client = await server.ConnectAsync();
        var half = $"\"{new string('x', 510)}\"";
        await client.SendTextAsync(Request("keep:it", half, IdOf(1)));
        await client.SendTextAsync(Request("keep:it", half, IdOf(2)));

        await client.SendTextAsync(Request("keep:it", "1", IdOf(3)));
        await client.ExpectFailureAsync("REQUEST_QUEUE_FULL", StarlingIsFull(256, 1024), id: IdOf(3));

        Assert.Equal(2, _gate.Entered);
        _gate.Open();
        await client.ReadTextAsync();
        await client.ReadTextAsync();
        await client.SendTextAsync(Request("keep:it", "1", IdOf(4)));
        await client.ExpectSuccessAsync("1", IdOf(4));
    }

    [Fact]
    public async Task Defaults_DoNotLetAThousandRequestsOfOneMebibyteIn()
    {
        await using var server = await LimitServer.StartAsync(Register);
        await using var client = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        var payload = $"\"{new string('x', new HeliosOptions().MaxMessageSize - 200)}\"";

        // Refusals arrive at once. The eight accepted requests are the most that one starling may have.
        for (var i = 0; i < 20; i++) await client.SendTextAsync(Request("keep:it", payload, IdOf(i)));

        for (var i = 8; i < 20; i++) await client.ExpectFailureAsync("REQUEST_QUEUE_FULL", StarlingIsFull(256), id: IdOf(i));
        Assert.Equal(8, _gate.Entered);
        await other.ExpectAliveAsync();
        _gate.Open();
        for (var i = 0; i < 8; i++) Assert.Contains("\"success\":true", await client.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MaxBlockingThreads_HangingForEver_OthersWaitTimeOutAndAreRefused()
    {
        using var hanging = new ManualResetEventSlim();
        var entered = 0;
        await using var server = await LimitServer.StartAsync(helios =>
        {
            _gate.Register(helios);
            helios.Method("block:it", (RequestContext _) =>
            {
                Interlocked.Increment(ref entered);
                hanging.Wait();
            }, new MethodOptions { Blocking = true });
        }, options => (options.MaxBlockingThreads, options.MaxQueuedRequests, options.RequestTimeout) = (2, 1, TimeSpan.FromSeconds(5)));
        var clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.ConnectAsync()));
        var lane = server.Helios.Engine.Lanes.Threads;
        foreach (var client in clients[..2]) await client.SendTextAsync(Request("block:it"));
        await Bound.EventuallyAsync(() => Volatile.Read(ref entered) == 2, "both threads hang");

        await clients[2].SendTextAsync(Request("block:it"));
        await Bound.EventuallyAsync(() => lane.Waiting == 1, "the third waits");
        await clients[3].SendTextAsync(Request("block:it"));
        await clients[3].ExpectFailureAsync("REQUEST_QUEUE_FULL", ServerIsFull);
        await clients[3].SendTextAsync(Request("echo:echo", "1"));
        await clients[3].ExpectSuccessAsync("1");

        server.Time.Advance(TimeSpan.FromSeconds(5));
        foreach (var client in clients[..3])
            await client.ExpectFailureAsync("REQUEST_TIMEOUT", "Request timed out", """{"timeout":5000}""");
        // An abandoned handler keeps its thread. A request that only waited has left the queue.
        Assert.Equal((2, 0), (lane.Running, lane.Waiting));
        hanging.Set();
        await Bound.EventuallyAsync(() => lane.Running == 0, "the threads are free");
        await clients[2].SendTextAsync(Request("block:it"));
        await clients[2].ExpectSuccessAsync();
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task Messages_WhoseHandlersNeverEnd_AreBoundedInNumber()
    {
        await using var server = await LimitServer.StartAsync(
            helios => helios.On("wait:here", (int _, TopicContext _) => new ValueTask(_gate.PassAsync())),
            options => options.MaxRequestsPerStarling = 2);
        await using var client = await server.ConnectAsync();

        for (var i = 0; i < 3; i++)
            await client.SendTextAsync(Of("\"type\":\"notification\",\"notification\":{\"topic\":\"wait:here\",\"data\":1}"));

        await ExpectBusyAsync(client, messages: 2, bytes: 8 * 1024 * 1024);
        Assert.Equal(2, _gate.Entered);
        _gate.Open();
        await Bound.EventuallyAsync(() => server.Helios.Engine.Buffers.Rented == 0, "the handlers have ended");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Messages_WhoseHandlersNeverEnd_AreBoundedInBytes()
    {
        await using var server = await LimitServer.StartAsync(
            helios => helios.OnBinary(_ => new ValueTask(_gate.PassAsync())),
            options => (options.MaxMessageSize, options.MaxRequestBytesPerStarling) = (1024, 1024));
        await using var client = await server.ConnectAsync();

        await client.SendAsync(
            Framing.ClientFrame.Binary(new byte[512]), Framing.ClientFrame.Binary(new byte[512]), Framing.ClientFrame.Binary(1));

        await ExpectBusyAsync(client);
        Assert.Equal(2, _gate.Entered);
        await Bound.EventuallyAsync(
            () => server.Helios.Engine.Buffers.Rented == 1024 + (2 * 512),
            "what the application was given counts for the server, and its handlers");
        _gate.Open();
        await Bound.EventuallyAsync(() => server.Helios.Engine.Buffers.Rented == 0, "the handlers have ended");
    }

    private static string StarlingIsFull(int requests, long bytes = 8 * 1024 * 1024) =>
        $"Too many requests are open: at most {requests} (MaxRequestsPerStarling) with {bytes} bytes (MaxRequestBytesPerStarling). Wait for answers before you send more";

    private static Task ExpectBusyAsync(WireClient client, int messages = 256, long bytes = 1024) => client.ExpectAsync(
        $"\"type\":\"error\",\"error\":{{\"severity\":\"application\",\"code\":\"REQUEST_QUEUE_FULL\",\"message\":\"Too many messages are being handled, and this one was not: at most {messages} (MaxRequestsPerStarling) with {bytes} bytes (MaxRequestBytesPerStarling)\"}}");

    private void Register(Helios helios) => helios.Method("keep:it", async (JsonElement payload, RequestContext _) =>
    {
        await _gate.PassAsync();
        return payload.ValueKind == JsonValueKind.Number ? payload.GetInt32() : 0;
    });
}
