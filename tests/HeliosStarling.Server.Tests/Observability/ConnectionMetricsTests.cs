using System.Text;
using HeliosStarling.Authentication;
using HeliosStarling.Framing;
using HeliosStarling.Recovery;
using HeliosStarling.Wire;

namespace HeliosStarling.Observability;

public class ConnectionMetricsTests : RecoveryTest
{
    private const string Duration = "helios.connection.duration";

    [Theory]
    [InlineData(1000, "1000")]
    [InlineData(1001, "1001")]
    [InlineData(3210, "3xxx")]
    [InlineData(4321, "4xxx")]
    public async Task Connection_Closed_IsCountedByCodeWithItsTime(int code, string told)
    {
        var client = await Server.ConnectAsync();
        await client.ExpectAliveAsync();
        Assert.Equal(
            (1, 10_000), (Server.Metrics.Observe("helios.connections.active"), Server.Metrics.Observe("helios.connections.limit")));
        Server.Time.Advance(TimeSpan.FromMinutes(2));

        await client.SendAsync(ClientFrame.Close(code));
        await client.ExpectCloseAsync(code);
        await client.DisposeAsync();

        await Server.Metrics.ReachedAsync($"{Duration}[{told}]", 1);
        Assert.Equal(120, Server.Metrics[$"{Duration}[{told}].sum"]);
        await Eventually.TrueAsync(() => Server.Metrics.Observe("helios.connections.active") == 0);
    }

    [Fact]
    public async Task Connection_Lost_IsCountedAsAbnormal()
    {
        var client = await Server.ConnectAsync();
        await client.ExpectAliveAsync();
        await client.DisposeAsync();
        await Server.Metrics.ReachedAsync($"{Duration}[1006]", 1);
    }

    [Fact]
    public async Task Starlings_ConnectedAndHeld_AreSeen()
    {
        await using var one = await ResumeClient.ConnectAsync(Server);
        await using var other = await ResumeClient.ConnectAsync(Server);
        Assert.Equal((2, 0), (Server.Metrics.Observe("helios.starlings.connected"), Server.Metrics.Observe("helios.starlings.held")));

        await other.CutAsync(Server);

        await Eventually.TrueAsync(() => Server.Metrics.Observe("helios.starlings.held") == 1);
        Assert.Equal(1, Server.Metrics.Observe("helios.starlings.connected"));
    }

    [Fact]
    public async Task Upgrades_AcceptedAndRefused_AreCountedByStatus()
    {
        await using var client = await Server.ConnectAsync();
        await Server.AskAsync(UpgradeRequest.Valid.With("Sec-WebSocket-Version", "12"));
        await Server.AskAsync(UpgradeRequest.Valid.With("Origin", "https://foreign.example"));
        await using var broken = await Server.OpenAsync();
        await broken.WriteAsync(Encoding.ASCII.GetBytes("nonsense\r\n\r\n"));

        await Server.Metrics.ReachedAsync("helios.upgrades[400,CONNECTION_REJECTED]", 1);
        Assert.Equal(1, Server.Metrics["helios.upgrades[101]"]);
        Assert.Equal(1, Server.Metrics["helios.upgrades[426,CONNECTION_REJECTED]"]);
        Assert.Equal(1, Server.Metrics["helios.upgrades[403,CONNECTION_REJECTED]"]);
    }

    [Fact]
    public async Task Upgrades_RefusedByTheEndpointsPolicy_AreCountedToo()
    {
        await using var server = await AuthServer.StartAsync(
            configure: options => options.RateLimits.Upgrades = new RateLimit(2, TimeSpan.FromMinutes(1)));

        await server.AskAsync(UpgradeRequest.Valid);
        await server.AskAsync(Credentials.Of("eve", team: "visitors").In(UpgradeRequest.Valid, Place.JwtHeader));
        await server.AskAsync(UpgradeRequest.Valid);

        Assert.Equal(1, server.Metrics["helios.upgrades[401,AUTH_REQUIRED]"]);
        Assert.Equal(1, server.Metrics["helios.upgrades[403,METHOD_NOT_ALLOWED]"]);
        Assert.Equal((1, 1), (server.Metrics["helios.upgrades[429,RATE_LIMIT_EXCEEDED]"], server.Metrics["helios.rate_limited[upgrade]"]));
    }
}
