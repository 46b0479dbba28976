using System.Text.Json;
using HeliosStarling.Recovery;
using HeliosStarling.Wire;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Observability;

public class RequestMetricsTests : RecoveryTest
{
    private const string Served = "rpc.server.call.duration";
    private const string Asked = "rpc.client.call.duration";

    private protected override void Register(Helios helios)
    {
        base.Register(helios);
        helios.Method("fail:own", (RequestContext context) =>
        {
            context.Error("APP_NO", "no");
            return default;
        });
        helios.Method("fail:throws", (RequestContext _) => throw new InvalidOperationException());
        helios.Method(
            "slow:never",
            async (RequestContext _) => await new TaskCompletionSource().Task,
            new MethodOptions { Timeout = TimeSpan.FromSeconds(3) });
    }

    [Theory]
    [InlineData("echo:echo", "\"x\"", "OK")]
    [InlineData("echo:echo", "7", "VALIDATION_ERROR,VALIDATION_ERROR")]
    [InlineData("fail:own", "7", "APP_NO,APP_NO")]
    [InlineData("fail:throws", "7", "METHOD_ERROR,METHOD_ERROR")]
    [InlineData("system:ping", "7", "OK")]
    public async Task Request_Answered_IsCountedByMethodAndOutcome(string method, string payload, string outcome)
    {
        await using var client = await Server.ConnectAsync();
        await client.SendTextAsync(Request(method, payload));
        await client.ReadTextAsync();
        await Server.Metrics.ReachedAsync($"{Served}[helios,{method},{outcome}]", 1);
        Assert.Single(SeriesOf(Served));
    }

    [Fact]
    public async Task Request_TimesOut_IsCountedWithItsTime()
    {
        await using var client = await Server.ConnectAsync();
        await client.SendTextAsync(Request("slow:never"));
        await client.ExpectAliveAsync();

        Server.Time.Advance(TimeSpan.FromSeconds(3));

        await client.ReadTextAsync();
        const string series = $"{Served}[helios,slow:never,REQUEST_TIMEOUT,REQUEST_TIMEOUT]";
        await Server.Metrics.ReachedAsync(series, 1);
        Assert.Equal(3, Server.Metrics[$"{series}.sum"]);
    }

    [Fact]
    public async Task Request_Cancelled_IsCountedAsSuch()
    {
        await using var client = await Server.ConnectAsync();
        await client.SendTextAsync(Request("slow:never"));
        await client.SendTextAsync(Cancel());
        await client.ReadTextAsync();
        await Server.Metrics.ReachedAsync($"{Served}[helios,slow:never,REQUEST_CANCELLED,REQUEST_CANCELLED]", 1);
    }

    [Fact]
    public async Task Requests_OfUnknownMethods_MakeOneSeries()
    {
        await using var client = await Server.ConnectAsync();
        for (var number = 0; number < 50; number++) await client.SendTextAsync(Request($"no:such{number}", id: IdOf(number)));
        for (var number = 0; number < 50; number++) await client.ReadTextAsync();

        await Server.Metrics.ReachedAsync($"{Served}[helios,_OTHER,METHOD_NOT_FOUND,METHOD_NOT_FOUND]", 50);
        Assert.Single(SeriesOf(Served));
    }

    [Fact]
    public async Task Requests_OneRunsAndOneWaits_AreSeen()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LeanServer.StartAsync(
            new ServerSetup(
                helios => helios.Method("slow:gate", async (RequestContext _) => await gate.Task),
                options => options.MaxConcurrentRequests = 1),
            new WireAddress(AddressKind.IPv4));
        await using var client = await server.ConnectAsync();
        await client.SendTextAsync(Request("slow:gate", id: IdOf(1)));
        await client.SendTextAsync(Request("slow:gate", id: IdOf(2)));
        await Eventually.TrueAsync(() => server.Metrics.Observe("helios.requests.waiting[pool]") == 1);
        Assert.Equal(
            (1, 0), (server.Metrics.Observe("helios.requests.running[pool]"), server.Metrics.Observe("helios.requests.running[threads]")));

        gate.SetResult();
        await client.ReadTextAsync();
        await client.ReadTextAsync();

        await Eventually.TrueAsync(() => server.Metrics.Observe("helios.requests.running[pool]") == 0);
        Assert.Equal(0, server.Metrics.Observe("helios.requests.waiting[pool]"));
    }

    [Fact]
    public async Task Request_ToAStarling_IsCountedWithItsTime()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var answer = StarlingOf(client).Request<int>("ui:ask");
        var id = (await client.ReadAsync()).GetProperty("requestId").GetString();
        Server.Time.Advance(TimeSpan.FromMilliseconds(250));
        await client.SendTextAsync(Of($"\"type\":\"response\",\"requestId\":\"{id}\",\"success\":true,\"data\":7"));

        Assert.Equal(7, await answer);
        Assert.Equal((1, 0.25), (Server.Metrics[$"{Asked}[helios,ui:ask,OK]"], Server.Metrics[$"{Asked}[helios,ui:ask,OK].sum"]));
    }

    [Fact]
    public async Task Request_ToAStarlingThatMakesUpCodes_IsCountedAsOther()
    {
        await using var client = await Server.ConnectAsync();
        await client.ExpectAliveAsync();
        var starling = Helios.Starlings.Find(_ => true)!;
        for (var number = 0; number < 150; number++)
        {
            var answer = starling.Request<int>("ui:ask");
            var id = JsonElement.Parse(await client.ReadTextAsync()).GetProperty("requestId").GetString();
            await client.SendTextAsync(Of($$"""
                "type":"response","requestId":"{{id}}","success":false,"error":{"code":"MADE_UP_{{number}}","message":"no"}
                """));
            await Assert.ThrowsAsync<HeliosException>(async () => await answer);
        }

        Assert.Equal(101, SeriesOf(Asked).Count);
        Assert.Equal(50, Server.Metrics[$"{Asked}[helios,ui:ask,_OTHER,_OTHER]"]);
    }

    private List<string> SeriesOf(string instrument) =>
        [.. Server.Metrics.Series.Keys.Where(
            series => series.StartsWith(instrument, StringComparison.Ordinal) && !series.EndsWith(".sum", StringComparison.Ordinal))];
}
