using System.Net;
using System.Security.Claims;
using HeliosStarling.Wire;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Limits;

/// <summary>A server with a fake clock. A client names its user and address in headers.</summary>
public abstract class RateLimitTest
{
    private protected const string UserHeader = "X-User";
    private protected const string AddressHeader = "X-Address";

    private protected static RateLimit ThreePer3Seconds => new(3, TimeSpan.FromSeconds(3));

    private protected static Task<WireServer> StartAsync(
        Action<RateLimitOptions> limit, Action<Helios>? register = null, AddressKind kind = AddressKind.IPv4) =>
        LimitServer.StartAsync(helios =>
        {
            helios.UseUpgrade((context, next) =>
            {
                if (context.Headers.TryGetValue(UserHeader, out var user))
                    context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user)], "test"));
                if (context.Headers.TryGetValue(AddressHeader, out var address)) context.RemoteAddress = IPAddress.Parse(address);
                return next();
            });
            register?.Invoke(helios);
        }, options => limit(options.RateLimits), kind: kind);

    private protected static UpgradeRequest From(string? address = null, string? user = null)
    {
        var request = UpgradeRequest.Valid;
        if (address is not null) request = request.With(AddressHeader, address);
        return user is null ? request : request.With(UserHeader, user);
    }

    /// <summary>Asserts that exactly this many calls are accepted, then none until <paramref name="wait"/> is over.</summary>
    private protected static async Task ExpectExactlyAsync(
        WireServer server, WireClient client, int count, RateLimit limit, string method = "system:ping", string id = Id)
    {
        for (var i = 0; i < count; i++)
        {
            await client.SendTextAsync(Request(method, id: id));
            Assert.Contains("\"success\":true", await client.ReadTextAsync(), StringComparison.Ordinal);
        }
        await ExpectRefusedAsync(server, client, limit, method, id);
    }

    /// <summary>Asserts that the next call is refused with the time of the next permit.</summary>
    private protected static async Task ExpectRefusedAsync(
        WireServer server, WireClient client, RateLimit limit, string method = "system:ping", string id = Id)
    {
        await client.SendTextAsync(Request(method, id: id));
        await client.ExpectFailureAsync("RATE_LIMIT_EXCEEDED", "Too many messages", Details(server, limit), id);
    }

    /// <summary>The refusal when a permit is due after one interval of the limit.</summary>
    private protected static string Details(WireServer server, RateLimit limit) =>
        $$"""{"limit":{{limit.Permits}},"reset":{{server.Now + (long)(limit.Window / limit.Permits).TotalMilliseconds}}}""";
}
