using HeliosStarling.Recovery;

namespace HeliosStarling.Observability;

public class RecoveryMetricsTests : RecoveryTest
{
    [Fact]
    public async Task Recovery_WithinTheTime_IsResumed()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        await using var back = await client.ReturnAsync(Server, received: 0);
        Assert.Equal(1, Server.Metrics["helios.recoveries[resumed]"]);
    }

    [Fact]
    public async Task Recovery_WithoutResume_IsReattached()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        await using var back = await ResumeClient.ConnectAsync(Server, $"recover={client.Token}");
        Assert.Equal(1, Server.Metrics["helios.recoveries[reattached]"]);
    }

    [Fact]
    public async Task Recovery_AfterTheTime_IsRestored()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        await Eventually.TrueAsync(() => Server.Metrics.Observe("helios.starlings.held") == 1);
        Server.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(0, Server.Metrics.Observe("helios.starlings.held"));

        await using var back = await client.ReturnAsync(Server, received: 0);

        Assert.Equal(client.Id, back.Id);
        Assert.Equal(1, Server.Metrics["helios.recoveries[restored]"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&strict=1")]
    public async Task Recovery_Refused_IsCountedByCode(string more)
    {
        await using var client = await Server.ConnectAsync(new Wire.UpgradeRequest($"/helios?recover=nonsense{more}"));
        await Server.Metrics.ReachedAsync("helios.recoveries[refused,STATE_TOKEN_INVALID]", 1);
    }

    [Fact]
    public async Task Recovery_OlderThanTheConnection_IsLate()
    {
        await using var client = await ResumeClient.ConnectAsync(Server, "resume=1&instance=i&attempt=9");
        await using var late = await Server.ConnectAsync(
            new Wire.UpgradeRequest($"/helios?recover={client.Token}&resume=1&epoch={client.Epoch}&received=0&instance=i&attempt=8"));
        await late.ExpectCloseAsync(4000, "superseded");
        Assert.Equal(1, Server.Metrics["helios.recoveries[late]"]);
    }

    [Fact]
    public async Task Token_CannotBeMade_IsCountedByCode()
    {
        Helios.States.Register(
            "broken", _ => throw new IOException("no disk"), (Starling _, int _) => default, new StateOptions<int> { Required = true });
        await using var client = await ResumeClient.ConnectAsync(Server);
        Assert.Equal(1, Server.Metrics["helios.token.failures[STATE_RECOVERY_FAILED]"]);
    }
}
