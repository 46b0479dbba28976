using HeliosStarling.Wire;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Observability;

public class RateLimitMetricsTests
{
    private static readonly RateLimit s_one = new(1, TimeSpan.FromHours(1));

    [Theory]
    [InlineData("starling")]
    [InlineData("address")]
    public async Task Message_OverALimit_IsCountedByItsScope(string scope)
    {
        await using var server = await StartAsync(options =>
        {
            if (scope == "starling") options.RateLimits.PerConnection = s_one;
            else options.RateLimits.PerAddress = s_one;
        });
        await using var client = await server.ConnectAsync();
        for (var number = 0; number < 3; number++) await client.SendTextAsync(Request("echo:echo", id: IdOf(number)));
        for (var number = 0; number < 3; number++) await client.ReadTextAsync();
        Assert.Equal(2, server.Metrics[$"helios.rate_limited[{scope}]"]);
    }

    [Fact]
    public async Task Request_OverItsMethodsLimit_IsCountedByMethod()
    {
        await using var server = await StartAsync(_ => { });
        await using var client = await server.ConnectAsync();
        for (var number = 0; number < 3; number++) await client.SendTextAsync(Request("limited:one", id: IdOf(number)));
        for (var number = 0; number < 3; number++) await client.ReadTextAsync();
        Assert.Equal(2, server.Metrics["helios.rate_limited[method,limited:one]"]);
    }

    [Fact]
    public async Task Upgrade_OverTheLimit_IsCounted()
    {
        await using var server = await StartAsync(options => options.RateLimits.Upgrades = s_one);
        await using var client = await server.ConnectAsync();
        Assert.Equal(429, (await server.AskAsync(UpgradeRequest.Valid)).Status);
        Assert.Equal((1, 1), (server.Metrics["helios.rate_limited[upgrade]"], server.Metrics["helios.upgrades[429,RATE_LIMIT_EXCEEDED]"]));
    }

    private static Task<WireServer> StartAsync(Action<HeliosOptions> configure) => LeanServer.StartAsync(
        new ServerSetup(
            helios =>
            {
                helios.Method("echo:echo", (RequestContext _) => default(ValueTask));
                helios.Method("limited:one", (RequestContext _) => default(ValueTask)).LimitRate(1, TimeSpan.FromHours(1));
            },
            configure),
        new WireAddress(AddressKind.IPv4));
}
