using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Authentication;

public sealed class RenewTests : TicketTest
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Renew_BeforeTheTicketExpires_ConnectionLivesUntilTheNewOneDoes()
    {
        await using var client = await ConnectAsync(Credentials.Of("ada"));
        await client.AskAsync("auth:renew", """{"user":"ada","minutes":15}""");
        Assert.Equal($"answer {Id}", await client.NextAsync());

        Server.Time.Advance(10 * s_minute);
        await ExpectOpenAsync(client);
        Server.Time.Advance(5 * s_minute);

        await ExpectExpiredAsync(client);
    }

    [Fact]
    public async Task Renew_WithOtherClaims_RulesGoByThem()
    {
        await using var client = await ConnectAsync(Credentials.Of("ada"));
        await client.AskAsync("auth:renew", """{"user":"ada","team":"visitors","minutes":15}""");
        Assert.Equal($"answer {Id}", await client.NextAsync());

        await client.AskAsync("staff:ask", "1");

        Assert.Equal($"failure {Id} METHOD_NOT_ALLOWED", await client.NextAsync());
    }

    [Theory]
    [InlineData("""{"user":"eve","minutes":15}""", "AUTH_FAILED")]
    [InlineData("""{"user":"","minutes":15}""", "AUTH_FAILED")]
    [InlineData("""{"user":"ada","minutes":0}""", "AUTH_EXPIRED")]
    public async Task Renew_ByAnotherOrTooLate_IsRefusedAndChangesNothing(string payload, string code)
    {
        await using var client = await ConnectAsync(Credentials.Of("ada"));
        var (user, expiresAt) = (StarlingOf(client).User, StarlingOf(client).UserExpiresAt);

        await client.AskAsync("auth:renew", payload);

        Assert.Equal($"failure {Id} {code}", await client.NextAsync());
        Assert.Equal((user, expiresAt), (StarlingOf(client).User, StarlingOf(client).UserExpiresAt));
    }

    [Fact]
    public async Task Renew_WhenTheStarlingIsGreeted_LastsThroughTheLink()
    {
        Server.Helios.OnConnection(
            starling => starling.Renew(Credentials.Of("ada", team: "chiefs").ToPrincipal(), Server.Time.GetUtcNow() + (20 * s_minute)));

        await using var client = await ConnectAsync(Credentials.Of("ada"));

        Assert.True(StarlingOf(client).User.HasClaim("team", "chiefs"));
        Server.Time.Advance(11 * s_minute);
        await ExpectOpenAsync(client);
    }

    private protected override void Register(Helios helios)
    {
        helios.Method("auth:renew", (Renewal renewal, RequestContext context) =>
        {
            var user = new Credentials(renewal.User, renewal.Team ?? "staff", default).ToPrincipal();
            if (renewal.User.Length == 0) user = new();
            context.Starling.Renew(user, Server.Time.GetUtcNow().AddMinutes(renewal.Minutes));
        });
        helios.Method("staff:ask", (int _, RequestContext _) => "yes").RequireAuthorization(AuthServer.Staff);
    }

    internal sealed record Renewal(string User, int Minutes, string? Team = null);
}
