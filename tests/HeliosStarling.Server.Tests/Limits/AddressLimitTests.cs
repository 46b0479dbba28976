using System.Net;
using HeliosStarling.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace HeliosStarling.Limits;

/// <summary>MaxConnectionsPerAddress, behind both listeners.</summary>
public sealed class AddressLimitTests
{
    private const string TooMany =
        """{"error":{"code":"CONNECTION_LIMIT","message":"There are too many connections from this address."}}""";

    [Theory]
    [InlineData(false, AddressKind.IPv4)]
    [InlineData(true, AddressKind.IPv4)]
    [InlineData(false, AddressKind.IPv6)]
    [InlineData(true, AddressKind.IPv6)]
    internal async Task Connections_BeyondTheLimit_Are503UntilOneLeaves(bool isMapped, AddressKind kind)
    {
        WireAddress.SkipWhereImpossible(kind);
        await using var server = await LimitServer.StartAsync(configure: Limit, isMapped: isMapped, kind: kind);
        var first = await server.ConnectAsync();
        await using var second = await server.ConnectAsync();

        var refused = await server.AskAsync(UpgradeRequest.Valid);

        Assert.Equal((503, TooMany, "300"), (refused.Status, refused.Body, refused.Headers["Retry-After"]));
        Assert.Equal("close", refused.Headers["Connection"]);
        await second.ExpectAliveAsync();
        await first.DisposeAsync();
        await Bound.EventuallyAsync(() => server.Helios.Connections.Count == 1, "the place is free");
        await using var next = await server.ConnectAsync();
        await next.ExpectAliveAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connections_ThatAreRefused_CountForNobody(bool isMapped)
    {
        await using var server = await LimitServer.StartAsync(configure: Limit, isMapped: isMapped);
        for (var i = 0; i < 5; i++)
            Assert.Equal(403, (await server.AskAsync(UpgradeRequest.Valid.With("Origin", "http://evil.example"))).Status);
        for (var i = 0; i < 5; i++)
            Assert.Equal(426, (await server.AskAsync(UpgradeRequest.Valid.With("Sec-WebSocket-Version", "12"))).Status);

        await using var first = await server.ConnectAsync();
        await using var second = await server.ConnectAsync();

        for (var i = 0; i < 5; i++) Assert.Equal(503, (await server.AskAsync(UpgradeRequest.Valid)).Status);
        Assert.Equal(2, server.Helios.Connections.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connections_OverAUnixSocket_AreNotLimited(bool isMapped)
    {
        await using var server = await LimitServer.StartAsync(configure: Limit, isMapped: isMapped, kind: AddressKind.Unix);
        await using var first = await server.ConnectAsync();
        await using var second = await server.ConnectAsync();

        await using var third = await server.ConnectAsync();

        await third.ExpectAliveAsync();
    }

    [Fact]
    public async Task Connections_BehindForwardedHeaders_CountForTheForwardedAddress()
    {
        await using var server = await MappedServer.StartAsync(new ServerSetup(null, Limit), new WireAddress(AddressKind.IPv4), map: app =>
        {
            app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor });
            app.MapHelios("/helios");
        });

        await AssertForwardedAsync(server);
    }

    [Fact]
    public async Task Connections_WhoseAddressAFilterSets_CountForThatAddress()
    {
        await using var server = await LimitServer.StartAsync(
            helios => helios.UseUpgrade((context, next) =>
            {
                context.RemoteAddress = IPAddress.Parse(context.Headers["X-Forwarded-For"]);
                return next();
            }),
            Limit);

        await AssertForwardedAsync(server);
    }

    [Fact]
    public async Task Filter_ThatSetsTheAddressLater_ChangesNoCount()
    {
        var contexts = new List<UpgradeContext>();
        await using var server = await LimitServer.StartAsync(
            helios => helios.UseUpgrade((context, next) =>
            {
                contexts.Add(context);
                return next();
            }),
            Limit);
        var first = await server.ConnectAsync();
        await using var second = await server.ConnectAsync();
        contexts.ForEach(static context => context.RemoteAddress = IPAddress.Parse("192.0.2.1"));

        await first.DisposeAsync();

        await Bound.EventuallyAsync(() => server.Helios.Connections.Count == 1, "the place is free");
        await using var next = await server.ConnectAsync();
        Assert.Equal(503, (await server.AskAsync(UpgradeRequest.Valid)).Status);
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("2001:db8::1", "2001:db8::ffff:0:0:1")]
    public void Counts_OfOneNetwork_AreOne(string one, string other)
    {
        var counts = new AddressCounts(1);

        Assert.True(counts.TryAdd(IPAddress.Parse(one)));
        Assert.False(counts.TryAdd(IPAddress.Parse(other)));
        Assert.True(counts.TryAdd(IPAddress.Parse("2001:db8:0:1::1")));
        counts.Remove(IPAddress.Parse(other));
        Assert.True(counts.TryAdd(IPAddress.Parse(one)));
    }

    [Fact]
    public void Counts_WithoutConnections_KeepNothing()
    {
        var counts = new AddressCounts(2);
        for (var i = 0; i < 100; i++)
        {
            var address = new IPAddress([10, 0, 0, (byte)i]);
            Assert.True(counts.TryAdd(address));
            counts.Remove(address);
        }

        Assert.Equal(0, counts.Addresses);
    }

    private static async Task AssertForwardedAsync(WireServer server)
    {
        await using var first = await server.ConnectAsync(From("192.0.2.1"));
        await using var second = await server.ConnectAsync(From("::ffff:192.0.2.1"));

        Assert.Equal(503, (await server.AskAsync(From("192.0.2.1"))).Status);
        await using var other = await server.ConnectAsync(From("192.0.2.2"));
        await other.ExpectAliveAsync();
    }

    private static UpgradeRequest From(string address) => UpgradeRequest.Valid.With("X-Forwarded-For", address);

    private static void Limit(HeliosOptions options) => options.MaxConnectionsPerAddress = 2;
}
