using System.Net;
using System.Security.Claims;
using HeliosStarling.Wire;

namespace HeliosStarling.Recovery;

/// <summary>Which held starlings are removed when there are too many: those of the party with most, silent ones first.</summary>
public class HeldFairnessTests : RecoveryTest
{
    private const int Limit = 6;

    private protected override void Configure(HeliosOptions options)
    {
        base.Configure(options);
        options.MaxConnections = Limit;
    }

    private protected override void Register(Helios helios)
    {
        base.Register(helios);
        helios.UseUpgrade(async (context, next) =>
        {
            context.RemoteAddress = IPAddress.Parse(context.Headers["X-Address"]);
            if (context.Headers.TryGetValue("X-User", out var user))
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user)], "test"));
            await next();
        });
    }

    [Theory]
    [InlineData("192.0.2.1", "198.51.100.7")]
    [InlineData("2001:db8:1:2::7", "2001:db8:1:3::7")]
    public async Task OneAddressReconnectsOften_SilentStarlingsOfOthersAreStillHeld(string other, string attacker)
    {
        await using var away = await LeaveAsync(other);

        for (var i = 0; i < 4 * Limit; i++) await (await LeaveAsync(attacker, says: i % 2 == 0)).DisposeAsync();

        Assert.Equal(Limit, Helios.Node.Held.Count);
        Assert.True(Holds(away));
    }

    [Fact]
    public async Task OneIPv6NetworkReconnectsOften_OthersAreStillHeld()
    {
        await using var away = await LeaveAsync("2001:db8:1:2::7");

        for (var i = 0; i < 4 * Limit; i++) await (await LeaveAsync($"2001:db8:1:3::{i + 1:x}")).DisposeAsync();

        Assert.True(Holds(away));
    }

    [Fact]
    public async Task OneUserReconnectsOften_FromManyAddresses_OthersAreStillHeld()
    {
        await using var away = await LeaveAsync("192.0.2.1", user: "ada");

        for (var i = 0; i < 4 * Limit; i++) await (await LeaveAsync($"198.51.100.{i + 1}", user: "eve")).DisposeAsync();

        Assert.True(Holds(away));
    }

    [Fact]
    public async Task UsersOfOneAddress_CountSeparately()
    {
        await using var away = await LeaveAsync("192.0.2.1", user: "ada");

        for (var i = 0; i < 4 * Limit; i++) await (await LeaveAsync("192.0.2.1", user: "eve")).DisposeAsync();

        Assert.True(Holds(away));
    }

    [Fact]
    public async Task OfOneAddress_SilentStarlingsAreRemovedFirst()
    {
        await using var spoke = await LeaveAsync("192.0.2.1", says: true);
        var silent = new List<ResumeClient>();
        for (var i = 0; i < Limit + 1; i++) silent.Add(await LeaveAsync("192.0.2.1"));

        Assert.True(Holds(spoke));
        Assert.Equal([false, false, true, true, true, true, true], silent.Select(Holds));
    }

    [Fact]
    public async Task OfAddressesWithTheSameNumber_ASilentStarlingIsRemovedFirst()
    {
        var clients = new List<ResumeClient>();
        for (var i = 0; i < Limit; i++) clients.Add(await LeaveAsync($"192.0.2.{i + 1}", says: i != 3));

        clients.Add(await LeaveAsync("192.0.2.99", says: true));

        Assert.Equal([true, true, true, false, true, true, true], clients.Select(Holds));
    }

    private bool Holds(ResumeClient client) => Helios.Starlings.GetById(client.Id) is not null;

    /// <summary>Connects and drops the connection.</summary>
    private async Task<ResumeClient> LeaveAsync(string address, bool says = false, string? user = null)
    {
        var request = new UpgradeRequest("/helios?resume=1").With("X-Address", address);
        var client = await ResumeClient.ConnectAsync(Server, user is null ? request : request.With("X-User", user));
        var taken = TakenSoFar().Length;
        if (says)
        {
            await client.SendTextAsync("hello");
            await TakenAsync(taken + 1);
        }
        await client.CutAsync(Server);
        await Eventually.TrueAsync(() => Helios.Connections.Count == 0);
        return client;
    }
}
