using HeliosStarling.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling;

/// <summary>Which requests run, wait and are refused.</summary>
public sealed class LaneTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<TaskCompletionSource> _running = [];
    private readonly Lock _lock = new();

    [Fact]
    public async Task Requests_OfSeveralPeersUpToThePlaces_RunAndTheNextWaits()
    {
        var engine = Create(new RequestLimits { Concurrent = 4 });
        var peers = Enumerable.Range(0, 5).Select(_ => new TestSession(engine)).ToArray();

        foreach (var peer in peers) peer.ReceiveRequest("wait:gate");

        Assert.Equal((4, 4, 1), (Started, engine.Lanes.Pool.Running, engine.Lanes.Pool.Waiting));
        Finish(0);
        await Eventually.TrueAsync(() => Started == 5);
        Assert.Equal(0, engine.Lanes.Pool.Waiting);
    }

    [Fact]
    public void Requests_OfOnePeer_LeavePlacesForOthers()
    {
        var engine = Create(new RequestLimits { Concurrent = 9 });
        var greedy = new TestSession(engine);
        var modest = new TestSession(engine);

        for (var i = 0; i < 9; i++) greedy.ReceiveRequest("wait:gate");
        Assert.Equal((3, 6), (Started, engine.Lanes.Pool.Waiting));

        modest.ReceiveRequest("wait:gate");
        Assert.Equal(4, Started);
    }

    [Fact]
    public void Requests_OfManyPeersNeverEnd_PeerWithoutAPlaceFindsOne()
    {
        var engine = Create(new RequestLimits { Concurrent = 100 });
        for (var peer = 0; peer < 40; peer++)
        {
            var greedy = new TestSession(engine);
            for (var i = 0; i < 50; i++) greedy.ReceiveRequest("wait:gate");
        }
        var before = Started;

        new TestSession(engine).ReceiveRequest("wait:gate");

        Assert.Equal(before + 1, Started);
        Assert.True(engine.Lanes.Pool.Running <= 100);
    }

    [Fact]
    public async Task Requests_Waiting_RunInOrderOfTheirPeerAndPeersInTurn()
    {
        var engine = Create(new RequestLimits { Concurrent = 1 });
        var order = new List<string>();
        Offer(engine, "note:it", (string name) =>
        {
            lock (_lock) order.Add(name);
        });
        var (a, b) = (new TestSession(engine), new TestSession(engine));
        a.ReceiveRequest("wait:gate");
        foreach (var name in (string[])["a1", "a2", "a3"]) a.ReceiveRequest("note:it", name);
        foreach (var name in (string[])["b1", "b2"]) b.ReceiveRequest("note:it", name);

        Finish(0);

        await Eventually.TrueAsync(() => Count(order) == 5);
        Assert.Equal(["a1", "b1", "a2", "b2", "a3"], order);
    }

    [Fact]
    public void Requests_BeyondTheQueue_AreRefused()
    {
        var engine = Create(new RequestLimits { Concurrent = 1, Queued = 1 });
        var connection = new RecordingConnection();
        var peer = new TestSession(engine) { Linked = connection };

        for (var i = 0; i < 3; i++) peer.ReceiveRequest("wait:gate");

        Assert.Equal(ErrorCodes.RequestQueueFull, connection.Single.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal((1, 1), (engine.Lanes.Pool.Running, engine.Lanes.Pool.Waiting));
    }

    [Fact]
    public void Requests_OfOnePeerBeyondItsLimit_AreRefused()
    {
        var engine = Create(new RequestLimits { PerPeer = 3 });
        var connection = new RecordingConnection();
        var peer = new TestSession(engine) { Linked = connection };

        for (var i = 0; i < 3; i++) peer.ReceiveRequest("wait:gate");
        Assert.Empty(connection.Sent);
        peer.ReceiveRequest("wait:gate");

        Assert.Equal(ErrorCodes.RequestQueueFull, connection.Single.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public void Requests_TimedOutWithHandlersThatGoOn_StillCountForTheirPeerButTakeNoPlace()
    {
        var engine = Create(new RequestLimits { PerPeer = 2 });
        var connection = new RecordingConnection();
        var peer = new TestSession(engine) { Linked = connection };
        peer.ReceiveRequest("wait:gate");
        peer.ReceiveRequest("wait:gate");

        _time.Advance(TimeSpan.FromSeconds(30));
        peer.ReceiveRequest("wait:gate");

        Assert.Equal([ErrorCodes.RequestTimeout, ErrorCodes.RequestTimeout, ErrorCodes.RequestQueueFull], connection.Sent.Select(CodeOf));
        Assert.Equal((0, 0), (engine.Lanes.Pool.Running, peer.Inbound.Count));
    }

    [Fact]
    public void Requests_PayloadsBeyondThePeersBytes_AreRefused()
    {
        var engine = Create(new RequestLimits { BytesPerPeer = 1000 });
        var connection = new RecordingConnection();
        var peer = new TestSession(engine) { Linked = connection };

        peer.ReceiveRequest("wait:gate", new string('x', 600));
        Assert.Empty(connection.Sent);
        peer.ReceiveRequest("wait:gate", new string('x', 600));

        Assert.Equal(ErrorCodes.RequestQueueFull, CodeOf(connection.Single));
    }

    [Fact]
    public void Request_TimesOutWhileItWaits_LeavesTheQueueAndItsMemory()
    {
        var engine = Create(new RequestLimits { Concurrent = 1 });
        var connection = new RecordingConnection();
        var (running, waiting) = (new TestSession(engine), new TestSession(engine) { Linked = connection });
        // Without a time limit, so that its place does not become free.
        engine.Methods.TryGet("wait:gate"u8, out var gate);
        engine.Methods.Add(new MethodEntry("wait:forever", gate!.Handler, new MethodOptions { Timeout = Timeout.InfiniteTimeSpan }));
        running.ReceiveRequest("wait:forever");
        waiting.ReceiveRequest("wait:gate", "payload");
        Assert.Equal(1, engine.Lanes.Pool.Waiting);

        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(ErrorCodes.RequestTimeout, CodeOf(connection.Single));
        Assert.Equal((0, 0, 1), (engine.Lanes.Pool.Waiting, waiting.Inbound.Count, Started));
    }

    [Fact]
    public async Task Session_Closed_TakesItsWaitingRequestsAndItsPlacesAlong()
    {
        var engine = Create(new RequestLimits { Concurrent = 1 });
        var peer = new TestSession(engine);
        for (var i = 0; i < 3; i++) peer.ReceiveRequest("wait:gate", "payload");

        peer.Close();

        await Eventually.TrueAsync(() => engine.Lanes.Pool is { Running: 0, Waiting: 0 });
        Finish(0);
        await Eventually.TrueAsync(() => engine.Buffers.Rented == 0);
        Assert.Equal(1, Started);
    }

    [Fact]
    public async Task Requests_Blocking_HaveThreadsOfTheirOwnUpToTheLimit()
    {
        var engine = Create(new RequestLimits { BlockingThreads = 2 });
        using var gate = new ManualResetEventSlim();
        var threads = new List<(bool IsPool, string? Name)>();
        Offer(engine, "block:it", (string _) =>
        {
            lock (_lock) threads.Add((Thread.CurrentThread.IsThreadPoolThread, Thread.CurrentThread.Name));
            gate.Wait();
        }, new MethodOptions { Blocking = true });
        var connections = Enumerable.Range(0, 3).Select(_ => new RecordingConnection()).ToArray();
        var peers = connections.Select(connection => new TestSession(engine) { Linked = connection }).ToArray();

        foreach (var peer in peers) peer.ReceiveRequest("block:it", "x");

        await Eventually.TrueAsync(() => Count(threads) == 2);
        Assert.Equal((2, 1), (engine.Lanes.Threads.Running, engine.Lanes.Threads.Waiting));
        gate.Set();
        await Eventually.TrueAsync(() => connections.All(connection => connection.Sent.Count == 1));
        Assert.Equal(Enumerable.Repeat((false, "Helios block:it"), 3), threads.Select(thread => (thread.IsPool, thread.Name!)));
        await Eventually.TrueAsync(() => engine.Lanes.Threads.Running == 0 && engine.Buffers.Rented == 0);
    }

    [Fact]
    public async Task Requests_BlockingWithoutAQueue_RunWhileThereIsAThreadAndAreRefusedBeyond()
    {
        var engine = Create(new RequestLimits { BlockingThreads = 2, Queued = 0 });
        using var gate = new ManualResetEventSlim();
        Offer(engine, "block:it", (string _) => gate.Wait(), new MethodOptions { Blocking = true });
        var connections = Enumerable.Range(0, 3).Select(_ => new RecordingConnection()).ToArray();

        foreach (var connection in connections) _ = new TestSession(engine) { Linked = connection }.ReceiveRequest("block:it", "x");

        Assert.Equal(2, engine.Lanes.Threads.Running);
        Assert.Equal(ErrorCodes.RequestQueueFull, CodeOf(connections[2].Single));
        gate.Set();
        await Eventually.TrueAsync(() => connections.All(connection => connection.Sent.Count == 1) && engine.Lanes.Threads.Running == 0);
        Assert.True(connections[0].Single.GetProperty("success").GetBoolean());
    }

    [Fact]
    public void Session_ThatEnds_StartsNoneOfItsWaitingRequests()
    {
        var engine = Create(new RequestLimits { Concurrent = 1 });
        var started = 0;
        Offer(engine, "note:it", (string _) => Interlocked.Increment(ref started));
        for (var round = 0; round < 50; round++)
        {
            var peer = new TestSession(engine);
            peer.ReceiveRequest("wait:gate");
            for (var i = 0; i < 20; i++) peer.ReceiveRequest("note:it", "x");

            peer.Close();

            Assert.True(SpinWait.SpinUntil(() => engine.Lanes.Pool is { Running: 0, Waiting: 0 }, TimeSpan.FromSeconds(30)));
        }

        Assert.Equal(0, started);
    }

    [Fact]
    public void Requests_WithoutLimits_AllRun()
    {
        var engine = Create(RequestLimits.OfClient(long.MaxValue));
        var peer = new TestSession(engine);

        for (var i = 0; i < 2000; i++) peer.ReceiveRequest("wait:gate");

        Assert.Equal(2000, Started);
    }

    [Fact]
    public void Handlers_OfOtherMessagesThatNeverEnd_AreBoundedPerPeer()
    {
        var engine = Create(new RequestLimits { PerPeer = 2 });
        var connection = new RecordingConnection();
        var peer = new TestSession(engine) { Linked = connection };
        var handled = 0;
        engine.Topics.Add("wait:here", 0, (Session _, string _, in Message _) =>
        {
            handled++;
            return new ValueTask(new TaskCompletionSource().Task);
        });

        for (var i = 0; i < 3; i++) peer.ReceiveNotification("wait:here", i);

        Assert.Equal(2, handled);
        Assert.Equal(ErrorCodes.RequestQueueFull, CodeOf(connection.Single));
    }

    [Fact]
    public void Handlers_OfOtherMessagesThatNeverEnd_HoldTheirMetadataToo()
    {
        var engine = Create(new RequestLimits { BytesPerPeer = 1000 });
        var connection = new RecordingConnection();
        var peer = new TestSession(engine) { Linked = connection };
        engine.Topics.Add("wait:here", 0, static (Session _, string _, in Message _) => new ValueTask(new TaskCompletionSource().Task));
        var message = $$$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"notification","notification":{"topic":"wait:here","data":1},"metadata":{"x":"{{{new string('x', 600)}}}"}}""";

        peer.Receive(message);
        Assert.Empty(connection.Sent);
        peer.Receive(message);

        Assert.Equal(ErrorCodes.RequestQueueFull, CodeOf(connection.Single));
    }

    [Fact]
    public void Request_RefusedByAGuardWhileAllPlacesAreTaken_WaitsForNone()
    {
        var engine = Create(new RequestLimits { Concurrent = 1, Queued = 0, BlockingThreads = 1 });
        new TestSession(engine).ReceiveRequest("wait:gate");
        OfferGuarded(engine, "guarded:it", new MethodOptions(), _ => new(new HeliosException("APP_NO", "no")));
        var connection = new RecordingConnection();

        new TestSession(engine) { Linked = connection }.ReceiveRequest("guarded:it");

        Assert.Equal("APP_NO", CodeOf(connection.Single));
    }

    [Fact]
    public void Request_BlockingWhoseGuardThrows_FailsAndTakesNoThread()
    {
        var engine = Create(new RequestLimits());
        OfferGuarded(engine, "guarded:it", new MethodOptions { Blocking = true }, _ => throw new InvalidOperationException("boom"));
        var connection = new RecordingConnection();

        new TestSession(engine) { Linked = connection }.ReceiveRequest("guarded:it");

        Assert.Equal(ErrorCodes.MethodError, CodeOf(connection.Single));
        Assert.Equal((0, 0), (engine.Lanes.Threads.Running, Started));
    }

    [Fact]
    public async Task Request_WhoseGuardAwaits_HasAPlaceOnlyOnceItHasPassed()
    {
        var engine = Create(new RequestLimits { PerPeer = 1 });
        var asked = new TaskCompletionSource<HeliosException?>();
        OfferGuarded(engine, "guarded:it", new MethodOptions(), _ => new(asked.Task));
        var connection = new RecordingConnection();
        var peer = new TestSession(engine) { Linked = connection };

        peer.ReceiveRequest("guarded:it", "payload");
        Assert.Equal((0, 0), (engine.Lanes.Pool.Running, Started));
        peer.ReceiveRequest("guarded:it", "payload");
        Assert.Equal(ErrorCodes.RequestQueueFull, CodeOf(connection.Single));

        asked.SetResult(null);
        await Eventually.TrueAsync(() => engine.Lanes.Pool.Running == 1 && Started == 1);
        Finish(0);
        await Eventually.TrueAsync(() => connection.Sent.Count == 2 && engine.Buffers.Rented == 0);
        Assert.True(connection.Sent[1].GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task Request_CancelledWhileItsGuardAwaits_KeepsItsPayloadUntilThenAndNeverRuns()
    {
        var engine = Create(new RequestLimits());
        var asked = new TaskCompletionSource<HeliosException?>();
        OfferGuarded(engine, "guarded:it", new MethodOptions(), _ => new(asked.Task));
        var peer = new TestSession(engine) { Linked = new RecordingConnection() };
        peer.ReceiveRequest("guarded:it", "payload");

        peer.Close();
        Assert.NotEqual(0, engine.Buffers.Rented);
        asked.SetResult(null);

        await Eventually.TrueAsync(() => engine.Buffers.Rented == 0);
        Assert.Equal((0, 0), (engine.Lanes.Pool.Running, Started));
    }

    [Fact]
    public async Task Request_BlockingBehindAFilterThatAwaits_StillHasAThreadOfItsOwn()
    {
        var engine = Create(new RequestLimits());
        var isPool = new TaskCompletionSource<bool>();
        var blocking = new MethodOptions { Blocking = true };
        Offer(engine, "block:it", (string _) => isPool.SetResult(Thread.CurrentThread.IsThreadPoolThread), blocking);
        engine.Filters.Add(static async (_, next) =>
        {
            await Task.Yield();
            await next();
        });

        new TestSession(engine) { Linked = new RecordingConnection() }.ReceiveRequest("block:it", "x");

        Assert.False(await isPool.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await Eventually.TrueAsync(() => engine.Lanes.Threads.Running == 0);
    }

    private static void OfferGuarded(Engine engine, string name, MethodOptions options, Guard<InboundRequest> guard)
    {
        engine.Methods.TryGet("wait:gate"u8, out var gate);
        var method = new MethodEntry(name, gate!.Handler, options);
        method.Guards.Add(guard);
        engine.Methods.Add(method);
    }

    private int Started => Count(_running);

    private static string? CodeOf(System.Text.Json.JsonElement message) => message.GetProperty("error").GetProperty("code").GetString();

    private int Count<T>(List<T> list)
    {
        lock (_lock) return list.Count;
    }

    private void Finish(int index)
    {
        TaskCompletionSource gate;
        lock (_lock) gate = _running[index];
        gate.SetResult();
    }

    private Engine Create(RequestLimits limits)
    {
        var engine = Engines.Create(_time, limits: limits);
        engine.Methods.Add(new MethodEntry("wait:gate", _ =>
        {
            var gate = new TaskCompletionSource();
            lock (_lock) _running.Add(gate);
            return new ValueTask(gate.Task);
        }, new MethodOptions()));
        return engine;
    }

    private static void Offer(Engine engine, string name, Action<string> handler, MethodOptions? options = null)
    {
        var bind = new HandlerBinder<TestContext>(engine, static request => new TestContext(request));
        engine.Methods.Add(new MethodEntry(name, bind.Bind<string>((text, _) => handler(text)).Run, options ?? new MethodOptions()));
    }
}
