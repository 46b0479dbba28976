using HeliosStarling.Wire;

namespace HeliosStarling.Authentication;

/// <summary>On the lean listener an upgrade filter authenticates the client.</summary>
public sealed class LeanAuthenticationTests : IAsyncLifetime
{
    private readonly List<(string? Token, string Query)> _seen = [];
    private WireServer? _server;

    private WireServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        _server = await LeanServer.StartAsync(new ServerSetup(null, null), new WireAddress(AddressKind.IPv4));
        Server.Helios.UseUpgrade((context, next) =>
        {
            lock (_seen) _seen.Add((context.BearerToken, context.Query));
            if (context.BearerToken is not { } token) return next();
            context.User = new Credentials(token, "staff", default).ToPrincipal();
            context.ExpiresAt = token == "late" ? Server.Time.GetUtcNow() : Server.Time.GetUtcNow().AddMinutes(10);
            return next();
        });
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [Theory]
    [InlineData("/helios?a=b&access_token=ada&c=d", null, "ada", "a=b&c=d")]
    [InlineData("/helios?access_token=ada", "bearer  eve", "eve", "")]
    [InlineData("/helios?access_token=ada", "Basic eve", null, "")]
    [InlineData("/helios?a=b", null, null, "a=b")]
    public async Task BearerToken_FromHeaderOrQuery_IsTakenOutOfTheQuery(string target, string? header, string? token, string query)
    {
        var request = new UpgradeRequest(target);
        await using var client = await Server.ConnectAsync(header is null ? request : request.With("Authorization", header));
        await client.ExpectAliveAsync();

        Assert.Equal([(token, query)], _seen);
        Assert.Equal(token, Server.Helios.Starlings.Find(_ => true)!.User.FindFirst("sub")?.Value);
    }

    [Fact]
    public async Task ExpiresAt_SetByAFilter_ClosesTheConnectionThen()
    {
        await using var client = await Server.ConnectAsync(new UpgradeRequest("/helios?access_token=ada"));
        await client.ExpectAliveAsync();
        Server.Time.Advance(TimeSpan.FromMinutes(10));

        await client.ExpectAsync("""
            "type":"error","error":{"severity":"application","code":"AUTH_EXPIRED","message":"The authentication has expired: sign in again."}
            """);
        await client.ExpectCloseAsync(1008, "AUTH_EXPIRED");
    }

    [Fact]
    public async Task ExpiresAt_InThePast_IsRefused()
    {
        var reply = await Server.AskAsync(new UpgradeRequest("/helios?access_token=late"));

        Assert.Equal(
            (401, """{"error":{"code":"AUTH_EXPIRED","message":"The authentication has expired: sign in again."}}"""),
            (reply.Status, reply.Body));
    }
}
