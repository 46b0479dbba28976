using System.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeliosStarling.Recovery;

/// <summary>The errors of a client that a server refuses.</summary>
public sealed class RefusalTests : ScriptedServerTest
{
    [Fact]
    public async Task Connect_RefusedWithABody_ItsCodeAndMessageAreTold()
    {
        await using var server = await TestServer.StartAsync(helios => helios.UseUpgrade((context, _) =>
        {
            context.Refuse(403, "APP_BANNED", "You were rude.");
            return default;
        }));

        var failure = await Assert.ThrowsAsync<HeliosException>(() => server.ConnectAsync());

        var details = Assert.IsType<ConnectionFailure>(failure.Details);
        Assert.Equal((403, "APP_BANNED", null), (details.Status, details.Code, details.CloseCode));
        Assert.Equal($"Could not connect to {server.Url}: the server answered 403 Forbidden (APP_BANNED): You were rude.", failure.Message);
    }

    [Fact]
    public async Task Connect_RefusedWhileOptionsOfTheWebSocketAreSet_TheCodeIsToldToo()
    {
        await using var server = await TestServer.StartAsync(helios => helios.UseUpgrade((context, next) =>
        {
            if (context.Headers.TryGetValue("Cookie", out var cookie) && cookie == "seat=7")
                context.Refuse(403, "APP_SEAT_TAKEN", "Choose another one.");
            return next();
        }));

        var failure = await Assert.ThrowsAsync<HeliosException>(() => server.ConnectAsync(options => options.ConfigureWebSocket = socket =>
        {
            socket.Cookies = new CookieContainer();
            socket.Cookies.Add(new UriBuilder(server.Url) { Scheme = "http" }.Uri, new Cookie("seat", "7"));
        }));

        Assert.Equal("APP_SEAT_TAKEN", ((ConnectionFailure)failure.Details!).Code);
    }

    [Theory]
    [InlineData("<html>busy</html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"error\":\"busy\"}")]
    [InlineData("{\"error\":{\"code\":7,\"message\":{}}}")]
    [InlineData("{\"error\":{\"code\":\"two words\"}}")]
    public async Task Connect_RefusedWithABodyOfAnotherKind_TheStatusIsTold(string body)
    {
        var connecting = StartAsync();
        await Server.RefuseWithAsync("503 Service Unavailable", body);

        var failure = await Assert.ThrowsAsync<HeliosException>(() => connecting.InTime());

        var details = Assert.IsType<ConnectionFailure>(failure.Details);
        Assert.Equal((503, null, "the server answered 503 Service Unavailable"), (details.Status, details.Code, details.Reason));
    }

    [Fact]
    public async Task Connect_ClosedInPlaceOfTheWelcome_TheReasonIsTheCode()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.UseConnection((_, _) => throw new HeliosException("APP_BANNED", "You were rude.")));

        var failure = await Assert.ThrowsAsync<HeliosException>(() => server.ConnectAsync());

        var details = Assert.IsType<ConnectionFailure>(failure.Details);
        Assert.Equal((1008, "APP_BANNED", true), (details.CloseCode, details.Code, details.IsRefusal));
    }

    [Fact]
    public async Task Connect_HandlerOfOnConnectionFails_SaysWhichAndWhereToLook()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.OnConnection(_ => throw new InvalidOperationException("a secret")),
            options => options.LoggerFactory = NullLoggerFactory.Instance);

        var failure = await Assert.ThrowsAsync<HeliosException>(() => server.ConnectAsync());

        Assert.EndsWith(
            "the server closed with 1011: a handler of OnConnection failed: see the server's log",
            failure.Message,
            StringComparison.Ordinal);
        Assert.Equal("INTERNAL_ERROR", Assert.IsType<ConnectionFailure>(failure.Details).Code);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Reconnect_Refused_TheFirstOneIsLoggedAsAWarning(int status)
    {
        var logs = new CollectedLogs();
        (await ConnectAsync(configure: options => options.LoggerFactory = logs)).Cut();

        await RefuseNextAsync($"{status} No", """{"error":{"code":"AUTH_REQUIRED","message":"Sign in."}}""");
        await RefuseNextAsync($"{status} No", """{"error":{"code":"AUTH_REQUIRED","message":"Sign in."}}""");
        await AcceptNextAsync();

        var warning = Assert.Single(logs.Warnings);
        Assert.Contains("AUTH_REQUIRED", warning, StringComparison.Ordinal);
        Assert.Equal([null, "AUTH_REQUIRED", "AUTH_REQUIRED"], Failures.Select(failure => failure?.Code));
        Assert.Equal((1006, "connection lost"), (Failures[0]!.CloseCode, Failures[0]!.Reason));
    }

    [Fact]
    public async Task Reconnect_StoppedByTheApplication_EndsTheClientWithTheReason()
    {
        var first = await ConnectAsync(client => client.Events.On<ClientReconnecting>("starling:reconnecting", async again =>
        {
            await Task.Yield();
            if (again.Failure is { IsRefusal: true }) again.Stop();
        }));

        await first.CloseAsync(1008, "AUTH_EXPIRED");

        await Eventually.TrueAsync(() =>
        {
            Time.Advance(TimeSpan.FromMilliseconds(20));
            return Closed.Count == 1;
        });
        Assert.Equal((1008, "AUTH_EXPIRED"), (Closed[0].Code, Closed[0].Failure!.Code));
        Assert.Equal([1], Attempts);
        Assert.Equal(ConnectionState.Closed, Client.State);
    }

    [Fact]
    public async Task Reconnect_Refused_HandlersAreAwaitedBeforeTheNextAttempt()
    {
        var (asked, decided) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = await ConnectAsync(client => client.Events.On<ClientReconnecting>("starling:reconnecting", async again =>
        {
            asked.SetResult();
            await decided.Task;
            again.Stop();
        }), options => options.ConnectionTimeout = TimeSpan.FromMinutes(5));

        await first.CloseAsync(1008, "APP_BANNED");
        await asked.Task.InTime();
        Time.Advance(TimeSpan.FromSeconds(30));
        decided.SetResult();

        await Eventually.TrueAsync(() => Closed.Count == 1);
        Assert.Equal([1], Attempts);
    }

    [Fact]
    public async Task Reconnect_RefusedAndAHandlerNeverEnds_TriesAgainAllTheSame()
    {
        var first = await ConnectAsync(
            client => client.Events.On<ClientReconnecting>("starling:reconnecting", async _ => await new TaskCompletionSource().Task));

        await first.CloseAsync(1008, "APP_BANNED");

        await AcceptNextAsync();
    }

    [Fact]
    public async Task Stop_WhenConnectedAgain_DoesNothing()
    {
        ClientReconnecting? reconnecting = null;
        var first = await ConnectAsync(
            client => client.Events.On<ClientReconnecting>("starling:reconnecting", again => reconnecting = again));
        var second = await ReturnAsync(first);
        await second.WelcomeAsync(topic: "recovered");
        await second.ExpectNothingAsync();

        reconnecting!.Stop();

        await second.ExpectNothingAsync();
        Assert.Equal(ConnectionState.Connected, Client.State);
    }
}
