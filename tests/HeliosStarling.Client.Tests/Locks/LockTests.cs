using System.Security.Claims;
using System.Threading.RateLimiting;

namespace HeliosStarling.Locks;

/// <summary>Application code of every kind is called while its thread holds no lock of either end.</summary>
public class LockTests
{
    private static readonly string[] s_kinds =
    [
        "server clock", "client clock", "server log", "client log", "metrics", "converter, reading", "converter, writing", "limiter",
        "upgrade filter", "connection filter", "request filter", "notification filter", "guard", "validator", "method",
        "method without context", "stream of a method",
        "token of a method", "topic", "text", "json", "binary", "error", "connected", "disconnected", "recovered", "server event",
        "broadcast filter", "filter of all", "save", "restore", "validate a state", "progress at the server", "continuation",
        "client topic", "client text", "client json", "client binary", "client error", "client method", "client event", "progress",
        "early progress", "client stream", "setup", "WebSocket options",
    ];

    private readonly LockProbe _probe = new();
    private readonly TaskCompletionSource _recovered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConnectionKey _key = "a key of the tests, thirty-two bytes long";

    [Fact]
    public void Of_LockIsHeldFarFromTheRoot_IsFound()
    {
        var (plain, modern) = (new object(), new Lock());
        var root = new Dictionary<string, Func<int>> { ["a"] = () => plain.GetHashCode() + modern.GetHashCode() };
        Assert.Empty(HeldLocks.Of([root]));

        lock (plain) lock (modern) Assert.Equal(2, HeldLocks.Of([root]).Count);
    }

    [Fact]
    public async Task ApplicationCode_OfEveryKind_IsCalledUnderNoLock()
    {
        using var listening = _probe.Listen();
        await using (var server = await StartAsync())
        await using (var next = await StartAsync())
        {
            var client = await ConnectAsync(server);
            await AskTheServerAsync(client);
            await AskTheClientAsync(server, client);
            await ExchangeMessagesAsync(server, client);
            await ComeBackAsync(server, client, next);
            _ = client.Request<int>("wait:long");
            await client.DisposeAsync();
        }

        Assert.Empty(_probe.Faults);
        Assert.Empty(s_kinds.Except(_probe.Called.Keys));
    }

    private async Task<TestServer> StartAsync() => await TestServer.StartAsync(SetUp, options =>
    {
        options.TimeProvider = _probe.Time("server clock");
        options.LoggerFactory = _probe.Logs("server log");
        options.ConnectionKey = _key;
        options.Json.Converters.Add(_probe.Converter());
        options.RateLimits.PerConnection = new RateLimit(100_000, TimeSpan.FromSeconds(1));
        options.RateLimits.Limiter = PartitionedRateLimiter.Create<Starling, int>(
            _ => _probe.Here("limiter", RateLimitPartition.GetNoLimiter(1)));
    });

    private void SetUp(Helios helios)
    {
        _probe.Watch(helios);
        helios.UseUpgrade((context, next) =>
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "anna")], "test"));
            return _probe.Here("upgrade filter", next)();
        });
        helios.UseConnection((_, next) => _probe.Here("connection filter", next)());
        helios.Use((_, next) => _probe.Here("request filter", next)());
        helios.UseNotification((_, next) => _probe.Here("notification filter", next)());
        helios.OnConnection(_ => _probe.Here("connected"));
        helios.OnDisconnection((_, _) => _probe.Here("disconnected"));
        helios.OnRecovery(_ => _probe.Here("recovered"));
        helios.Events.On("**", _ => _probe.Here("server event"));
        helios.OnText(_ => _probe.Here("text"));
        helios.OnJson(_ => _probe.Here("json"));
        helios.OnBinary(_ => _probe.Here("binary"));
        helios.OnError(_ => _probe.Here("error"));
        helios.On("n:n", (Item _, TopicContext _) => _probe.Here("topic"));
        helios.States.Register(
            "seat", _ => new ValueTask<Item>(_probe.Here("save", new Item(1))), (_, _) => _probe.Here("restore", default(ValueTask)),
                new StateOptions<Item> { Validate = _ => _probe.Here("validate a state", true) });
        SetUpMethods(helios);
    }

    private void SetUpMethods(Helios helios)
    {
        helios.Method("item:echo", (Item item, RequestContext _) => _probe.Here("method", item)).RequireAuthorization(
            _ => _probe.Here("guard", true))
            .Validate<Item>(_ => _probe.Here("validator", Array.Empty<ValidationError>()));
        helios.Method("item:next", (Item item) => _probe.Here("method without context", item));
        helios.Method("item:count", (Item _, RequestContext _) => CountAsync("stream of a method"));
        helios.Method("item:fail", (Item _, RequestContext _) => throw new InvalidOperationException());
        helios.Method("work:run", async (Item _, RequestContext context) =>
        {
            await context.ProgressAsync(new Item(1));
            await Task.Yield();
            await context.ProgressAsync(new Item(2));
        });
        helios.Method("wait:long", async context =>
        {
            context.CancellationToken.Register(() =>
            {
                _probe.Here("token of a method");
                _cancelled.TrySetResult();
            });
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        });
    }

    private Task<StarlingClient> ConnectAsync(TestServer server, string? token = null) => server.ConnectAsync(
        options =>
        {
            options.TimeProvider = _probe.Time("client clock");
            options.LoggerFactory = _probe.Logs("client log");
            options.Json.Converters.Add(_probe.Converter());
            options.ConfigureWebSocket = _ => _probe.Here("WebSocket options");
            options.Token = token;
        },
        client =>
        {
            _probe.Watch(client);
            _probe.Here("setup");
            client.Events.On("**", happened =>
            {
                _probe.Here("client event");
                if (happened is ClientRecovered) _recovered.TrySetResult();
            });
            client.OnText(_ => _probe.Here("client text"));
            client.OnJson(_ => _probe.Here("client json"));
            client.OnBinary(_ => _probe.Here("client binary"));
            client.OnError(_ => _probe.Here("client error"));
            client.On("n:n", (Item _) => _probe.Here("client topic"));
            client.Method("ui:echo", (Item item, ClientRequestContext _) => _probe.Here("client method", item));
            client.Method("ui:count", (Item _, ClientRequestContext _) => CountAsync("client stream"));
            client.Method("ui:run", async (Item item, ClientRequestContext context) =>
            {
                await context.ProgressAsync(item);
                await Task.Yield();
                await context.ProgressAsync(item);
                return item;
            });
        });

    private async Task AskTheServerAsync(StarlingClient client)
    {
        await client.Request<Item>("item:echo", new Item(1)).InTime();
        await client.Request<Item>("item:next", new Item(1)).InTime();
        await Assert.ThrowsAsync<HeliosException>(() => client.Request<Item>("item:fail", new Item(1)).InTime());
        await foreach (var _ in client.Request<object?>("item:count", new Item(1)).Stream<Item>()) _probe.Here("continuation");
        var work = client.Request<object?>("work:run", new Item(1));
        work.OnProgress<Item>(_ => _probe.Here("progress"));
        await Task.Yield();
        work.OnProgress<Item>(_ => _probe.Here("early progress"));
        await work.Answer.ContinueWith(_ => _probe.Here("continuation"), TaskContinuationOptions.ExecuteSynchronously).InTime();
        using var cancellation = new CancellationTokenSource();
        var waiting = client.Request<int>("wait:long", cancellationToken: cancellation.Token);
        await client.Request<Item>("item:next", new Item(1)).InTime();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.InTime());
        await _cancelled.Task.InTime();
    }

    private async Task AskTheClientAsync(TestServer server, StarlingClient client)
    {
        Assert.Equal(ConnectionState.Connected, client.State);
        var starling = server.Starling;
        await starling.Request<Item>("ui:echo", new Item(1)).InTime();
        await foreach (var _ in starling.Request<object?>("ui:count", new Item(1)).Stream<Item>()) _probe.Here("continuation");
        var work = starling.Request<Item>("ui:run", new Item(1));
        work.OnProgress<Item>(_ => _probe.Here("progress at the server"));
        await work.InTime();
    }

    private async Task ExchangeMessagesAsync(TestServer server, StarlingClient client)
    {
        var (helios, starling) = (server.Helios, server.Starling);
        await client.NotifyAsync("n:n", new Item(1));
        await client.NotifyAsync("n:n", "no item");
        await client.SendTextAsync("text");
        await client.SendTextAsync("[1]");
        await client.SendBinaryAsync(new byte[1]);
        await helios.Starlings.BroadcastAsync("n:n", new Item(1), _ => _probe.Here("broadcast filter", true));
        await starling.NotifyAsync("n:n", "no item");
        await starling.SendTextAsync("text");
        await starling.SendTextAsync("[1]");
        await starling.SendBinaryAsync(new byte[1]);
        Assert.Single(helios.Starlings.Filter(_ => _probe.Here("filter of all", true)));
        await starling.JoinAsync("group");
        await starling.States.NotifyStateAsync();
        foreach (var kind in new[] { "text", "json", "binary", "error", "client text", "client json", "client binary", "client error" })
            await Eventually.TrueAsync(() => _probe.Called.ContainsKey(kind), kind);
    }

    /// <summary>The client reconnects to its server, then to another server that knows it only by its token.</summary>
    private async Task ComeBackAsync(TestServer server, StarlingClient client, TestServer next)
    {
        await server.Starling.CloseAsync(1001);
        await _recovered.Task.InTime();
        await using var remade = await ConnectAsync(next, client.Token);
        await Eventually.TrueAsync(() => _probe.Called.ContainsKey("restore"));
    }

    private async IAsyncEnumerable<Item> CountAsync(string kind)
    {
        for (var i = 0; i < 3; i++)
        {
            _probe.Here(kind);
            yield return new Item(i);
            await Task.Yield();
        }
    }
}
