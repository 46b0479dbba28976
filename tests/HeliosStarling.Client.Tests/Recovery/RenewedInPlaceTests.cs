using System.Security.Claims;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Recovery;

/// <summary>Client and server together: tickets of ten seconds on one connection.</summary>
public sealed class RenewedInPlaceTests
{
    [Fact]
    public async Task ListenAsync_WithOnRenew_TheConnectionOutlivesItsTickets()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        var issued = 0;
        await using var server = await TestServer.StartAsync(
            helios =>
            {
                helios.UseUpgrade(async (context, next) =>
                {
                    (context.User, context.ExpiresAt) = (UserOf(context.BearerToken!), time.GetUtcNow().AddSeconds(10));
                    await next();
                });
                helios.OnRenew((_, ticket, _) => new(new RenewedTicket(UserOf(ticket), time.GetUtcNow().AddSeconds(10))));
            },
            options => options.TimeProvider = time);
        var disconnected = 0;
        await using var client = await server.ConnectAsync(
            options => (options.TimeProvider, options.AccessTokenProvider) = (
                time, (_, _) => new($"ada-{Interlocked.Increment(ref issued)}")),
            client => client.Events.On<ClientDisconnected>("starling:disconnected", _ => Interlocked.Increment(ref disconnected)));

        for (var renewed = 2; renewed <= 5; renewed++)
        {
            await Eventually.TrueAsync(() =>
            {
                if (Volatile.Read(ref issued) < renewed) time.Advance(TimeSpan.FromMilliseconds(100));
                return server.Starling.User.HasClaim("ticket", $"ada-{renewed}");
            });
        }

        Assert.Equal(0, disconnected);
    }

    private static ClaimsPrincipal UserOf(string ticket) =>
        new(new ClaimsIdentity([new Claim("sub", ticket.Split('-')[0]), new Claim("ticket", ticket)], "tests"));
}
