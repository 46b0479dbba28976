using System.Net.WebSockets;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Neither side sends a message larger than the other accepts.</summary>
public class MessageLimitTests
{
    private const int Limit = 64 * 1024;

    private static readonly string s_large = new('x', Limit);

    [Fact]
    public async Task Answer_LargerThanTheClientTakes_IsRequestPayloadTooLarge()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("text:get", (RequestContext _) => s_large));
        await using var client = await ConnectAsync(server);

        var failure = await Assert.ThrowsAsync<HeliosException>(() => client.Request<string>("text:get").InTime());

        AssertTooLarge(failure);
        Assert.Equal(ConnectionState.Connected, client.State);
    }

    [Fact]
    public async Task Answer_LargerThanTheClientTakesLater_IsRequestPayloadTooLarge()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("text:later", async (RequestContext _) =>
        {
            await Task.Yield();
            return s_large;
        }));
        await using var client = await ConnectAsync(server);

        AssertTooLarge(await Assert.ThrowsAsync<HeliosException>(() => client.Request<string>("text:later").InTime()));
    }

    [Fact]
    public async Task Request_OfServerLargerThanTheClientTakes_FailsWhereItIsMade()
    {
        var calls = 0;
        await using var server = await TestServer.StartAsync();
        await using var client = await ConnectAsync(
            server, client => client.Method("ui:ask", (string text) => Interlocked.Increment(ref calls)));

        AssertTooLarge(await Assert.ThrowsAsync<HeliosException>(() => server.Starling.Request<int>("ui:ask", s_large).InTime()));

        Assert.Equal(1, await server.Starling.Request<int>("ui:ask", "small").InTime());
    }

    [Fact]
    public async Task Notify_OfServerLargerThanTheClientTakes_ThrowsAtOnce()
    {
        var texts = new List<string>();
        var last = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync();
        await using var client = await ConnectAsync(server, client =>
        {
            client.On("news:text", (string text) => texts.Add(text));
            client.On("news:last", (int _) => last.SetResult());
        });

        AssertTooLarge(Assert.Throws<HeliosException>(() => { _ = server.Starling.NotifyAsync("news:text", s_large).AsTask(); }));
        AssertTooLarge(Assert.Throws<HeliosException>(() => { _ = server.Starling.SendTextAsync(s_large + "x").AsTask(); }));
        AssertTooLarge(Assert.Throws<HeliosException>(() => { _ = server.Starling.SendBinaryAsync(new byte[Limit + 1]).AsTask(); }));
        await server.Starling.NotifyAsync("news:text", "small");
        await server.Starling.NotifyAsync("news:last", 1);

        await last.Task.InTime();
        Assert.Equal(["small"], texts);
    }

    [Fact]
    public async Task Notify_InOnConnection_KnowsTheLimitAlready()
    {
        var refused = new TaskCompletionSource<HeliosException>();
        await using var server = await TestServer.StartAsync(helios => helios.OnConnection(starling =>
            refused.SetResult(Assert.Throws<HeliosException>(() => { _ = starling.NotifyAsync("news:text", s_large).AsTask(); }))));
        await using var client = await ConnectAsync(server);

        AssertTooLarge(await refused.Task.InTime());
    }

    [Fact]
    public async Task StreamItem_LargerThanTheClientTakes_FailsTheStreamBehindTheItemsBefore()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("texts:some", (RequestContext _) => Texts()));
        await using var client = await ConnectAsync(server);
        var read = new List<string>();

        var failure = await Assert.ThrowsAsync<HeliosException>(async () =>
        {
            await foreach (var text in client.Request<object>("texts:some").Stream<string>()) read.Add(text);
        }).InTime();

        AssertTooLarge(failure);
        Assert.Equal(["a"], read);

        static async IAsyncEnumerable<string> Texts()
        {
            await Task.Yield();
            yield return "a";
            yield return s_large;
            yield return "c";
        }
    }

    [Fact]
    public async Task Broadcast_LargerThanAMemberTakes_IsAGapForThatMemberAlone()
    {
        var missed = new TaskCompletionSource<long>();
        var small = new TaskCompletionSource<int>();
        var large = new TaskCompletionSource<int>();
        await using var server = await TestServer.StartAsync();
        await using var one = await server.ConnectAsync(options => options.MaxMessageSize = Limit, client =>
        {
            client.On("connection:missed", (JsonElement data) => missed.SetResult(data.GetProperty("missed").GetInt64()));
            client.On("news:text", (string text) => small.TrySetResult(text.Length));
        });
        await using var other = await server.ConnectAsync(
            setup: client => client.On("news:text", (string text) => large.TrySetResult(text.Length)));
        await Eventually.TrueAsync(() => server.Helios.Starlings.ConnectedCount == 2);

        Assert.Equal(1, (await server.Helios.Starlings.BroadcastAsync("news:text", s_large)).LocalReceivers);
        Assert.Equal(2, (await server.Helios.Starlings.BroadcastAsync("news:text", "small")).LocalReceivers);

        Assert.Equal((1, 5, Limit), (await missed.Task.InTime(), await small.Task.InTime(), await large.Task.InTime()));
    }

    [Fact]
    public async Task Request_LargerThanTheServerTakes_FailsLocally()
    {
        var calls = 0;
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("echo:it", (string text) => Interlocked.Increment(ref calls)),
            options => options.MaxMessageSize = Limit);
        await using var client = await server.ConnectAsync();

        AssertTooLarge(await Assert.ThrowsAsync<HeliosException>(() => client.Request<int>("echo:it", s_large).InTime()));

        Assert.Equal(1, await client.Request<int>("echo:it", "small").InTime());
    }

    [Fact]
    public async Task Notify_LargerThanTheServerTakes_ThrowsAtOnceAndSendsNothing()
    {
        var errors = 0;
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("system2:ping", (int number) => number), options => options.MaxMessageSize = Limit);
        await using var client = await server.ConnectAsync(setup: client => client.OnError(_ => { errors++; }));

        AssertTooLarge(Assert.Throws<HeliosException>(() => { _ = client.NotifyAsync("news:text", s_large).AsTask(); }));
        AssertTooLarge(Assert.Throws<HeliosException>(() => { _ = client.SendBinaryAsync(new byte[17 * Limit]).AsTask(); }));

        Assert.Equal(1, await client.Request<int>("system2:ping", 1).InTime());
        Assert.Equal(0, errors);
    }

    [Fact]
    public async Task Answer_OfClientLargerThanTheServerTakes_IsRequestPayloadTooLarge()
    {
        await using var server = await TestServer.StartAsync(configure: options => options.MaxMessageSize = Limit);
        await using var client = await server.ConnectAsync(setup: client => client.Method("text:get", (int _) => s_large));

        AssertTooLarge(await Assert.ThrowsAsync<HeliosException>(() => server.Starling.Request<string>("text:get", 1).InTime()));
    }

    [Theory]
    [InlineData("limit=65535")]
    [InlineData("limit=")]
    [InlineData("limit=-1")]
    [InlineData("limit=1e6")]
    [InlineData("limit=64KiB")]
    public async Task Connect_LimitThatIsNone_IsRefusedWith400(string query)
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient();

        var reply = await http.GetAsync(new UriBuilder(server.Url) { Scheme = "http", Query = query }.Uri).InTime();

        Assert.Equal(400, (int)reply.StatusCode);
        Assert.Contains("limit", (await reply.Content.ReadAsStringAsync().InTime()), StringComparison.Ordinal);
        using var socket = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(
            () => socket.ConnectAsync(new UriBuilder(server.Url) { Query = query }.Uri, default).InTime());
    }

    [Fact]
    public async Task Capabilities_TellTheLimitsOfRequests()
    {
        await using var server = await TestServer.StartAsync(
            configure: options => (options.MaxRequestsPerStarling, options.MaxRequestBytesPerStarling) = (7, 2_000_000));
        await using var client = await server.ConnectAsync();

        var limits = (await client.Request<JsonElement>("system:capabilities").InTime()).GetProperty("limits");

        Assert.Equal((7, 2_000_000), (limits.GetProperty("maxRequests").GetInt32(), limits.GetProperty("maxRequestBytes").GetInt64()));
    }

    private static Task<StarlingClient> ConnectAsync(TestServer server, Action<StarlingClient>? setup = null) =>
        server.ConnectAsync(options => options.MaxMessageSize = Limit, setup);

    private static void AssertTooLarge(HeliosException failure)
    {
        Assert.Equal(ErrorCodes.RequestPayloadTooLarge, failure.Code);
        var details = (JsonElement)failure.Details!;
        Assert.Equal(Limit, details.GetProperty("limit").GetInt32());
        Assert.True(details.GetProperty("size").GetInt32() > Limit);
    }
}
