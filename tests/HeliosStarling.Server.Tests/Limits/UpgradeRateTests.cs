using System.Net.Sockets;
using System.Text;
using HeliosStarling.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace HeliosStarling.Limits;

/// <summary>RateLimits.Upgrades: connection attempts from each address, successful or not.</summary>
public sealed class UpgradeRateTests
{
    private const string TooMany = """{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"Too many connection attempts."}}""";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upgrades_BeyondThePermits_Are429WithRetryAfter(bool isMapped)
    {
        await using var server = await LimitServer.StartAsync(configure: Limit, isMapped: isMapped);
        await using var client = await server.ConnectAsync();
        // A plain GET is an attempt too, and so is an upgrade that is refused for another reason.
        Assert.Equal(400, (await server.AskAsync(UpgradeRequest.PlainGet)).Status);
        Assert.Equal(403, (await server.AskAsync(UpgradeRequest.Valid.With("Origin", "http://evil.example"))).Status);

        foreach (var request in (UpgradeRequest[])[UpgradeRequest.Valid, UpgradeRequest.PlainGet])
        {
            var refused = await server.AskAsync(request);
            Assert.Equal((429, TooMany, "2"), (refused.Status, refused.Body, refused.Headers["Retry-After"]));
        }

        await client.ExpectAliveAsync();
        server.Time.Advance(TimeSpan.FromSeconds(2));
        await using var next = await server.ConnectAsync();
        await next.ExpectAliveAsync();
        Assert.Equal(429, (await server.AskAsync(UpgradeRequest.Valid)).Status);
    }

    [Theory]
    [InlineData("GET /helios HTTP/1.1\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    public async Task Upgrades_ThatNeverBecomeARequest_CountToo(string half)
    {
        await using var server = await LimitServer.StartAsync(configure: Limit);
        for (var i = 0; i < 3; i++)
        {
            await using var stream = await server.OpenAsync();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(half)).AsTask().InTime();
            // The close by the server shows that it was counted.
            ((NetworkStream)stream).Socket.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null).InTime();
        }

        var refused = await server.AskAsync(UpgradeRequest.Valid);

        Assert.Equal((429, TooMany), (refused.Status, refused.Body));
    }

    [Fact]
    public async Task Upgrades_OverTls_AreDroppedAheadOfTheHandshake()
    {
        await using var server = await LimitServer.StartAsync(configure: Limit, kind: AddressKind.Tls);
        for (var i = 0; i < 3; i++) Assert.Equal(400, (await server.AskAsync(UpgradeRequest.PlainGet)).Status);

        await Assert.ThrowsAnyAsync<IOException>(server.OpenAsync);

        await server.Metrics.ReachedAsync("helios.rate_limited[upgrade]", 1);
    }

    [Fact]
    public async Task Upgrades_OverAUnixSocket_ShareOnePartition()
    {
        await using var server = await LimitServer.StartAsync(configure: Limit, kind: AddressKind.Unix);
        for (var i = 0; i < 3; i++) Assert.Equal(400, (await server.AskAsync(UpgradeRequest.PlainGet)).Status);

        Assert.Equal(429, (await server.AskAsync(UpgradeRequest.PlainGet)).Status);
    }

    [Fact]
    public async Task Upgrades_BehindForwardedHeaders_CountForTheForwardedAddress()
    {
        var setup = new ServerSetup(null, options =>
        {
            Limit(options);
            options.RateLimits.PerAddress = new RateLimit(1, TimeSpan.FromSeconds(1));
        });
        await using var server = await MappedServer.StartAsync(setup, new WireAddress(AddressKind.IPv4),
            map: app =>
            {
                app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor });
                app.MapHelios("/helios");
            });

        for (var i = 0; i < 3; i++) Assert.Equal(400, (await server.AskAsync(From("192.0.2.1", UpgradeRequest.PlainGet))).Status);

        Assert.Equal(429, (await server.AskAsync(From("192.0.2.1", UpgradeRequest.PlainGet))).Status);
        // Its messages too.
        await using var one = await server.ConnectAsync(From("192.0.2.2", UpgradeRequest.Valid));
        await using var same = await server.ConnectAsync(From("192.0.2.2", UpgradeRequest.Valid));
        await using var other = await server.ConnectAsync(From("192.0.2.3", UpgradeRequest.Valid));
        await one.ExpectAliveAsync();
        await other.ExpectAliveAsync();
        await same.SendTextAsync(ClientMessage.Request("system:ping"));
        Assert.Contains("RATE_LIMIT_EXCEEDED", await same.ReadTextAsync(), StringComparison.Ordinal);
    }

    private static UpgradeRequest From(string address, UpgradeRequest request) => request.With("X-Forwarded-For", address);

    private static void Limit(HeliosOptions options) => options.RateLimits.Upgrades = new RateLimit(3, TimeSpan.FromSeconds(6));
}
