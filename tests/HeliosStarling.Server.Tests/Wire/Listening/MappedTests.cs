using HeliosStarling.Framing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Wire;

/// <summary>Behavior of MapHelios only.</summary>
public sealed class MappedTests
{
    [Fact]
    public async Task Upgrade_WhileTheServerDrains_Is503()
    {
        await using var server = await StartAsync(options => options.ConnectionTimeout = TimeSpan.FromSeconds(5));
        await server.Helios.DisposeAsync();

        var reply = await server.AskAsync(UpgradeRequest.Valid);

        Assert.Equal(
            (503, """{"error":{"code":"CONNECTION_REJECTED","message":"The server is shutting down."}}""", "5"),
            (reply.Status, reply.Body, reply.Headers["Retry-After"]));
    }

    [Fact]
    public async Task Upgrade_OverTheLimitOfTheWebServer_Is503UntilAPlaceIsFree()
    {
        await using var server = await MappedServer.StartAsync(
            new ServerSetup(null, options => (options.ConnectionTimeout, options.MaxConnections) = (TimeSpan.FromSeconds(5), 2)),
            new WireAddress(AddressKind.IPv4),
            build: services => services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxConcurrentUpgradedConnections = 1));
        var first = await server.ConnectAsync(UpgradeRequest.Valid.With("Sec-WebSocket-Protocol", "helios-starling"));

        var refused = await server.AskAsync(UpgradeRequest.Valid.With("Sec-WebSocket-Protocol", "helios-starling"));

        Assert.Equal(
            (
                503,
                """{"error":{"code":"CONNECTION_LIMIT","message":"The web server takes no further upgraded connection."}}""",
                "5",
                "close"),
            (refused.Status, refused.Body, refused.Headers["Retry-After"], refused.Headers["Connection"]));
        Assert.DoesNotContain(
            refused.Headers.Keys, name => name.StartsWith("Sec-WebSocket", StringComparison.OrdinalIgnoreCase) || name == "Upgrade");
        Assert.Equal((1, 1), (server.Metrics["helios.upgrades[101]"], server.Metrics["helios.upgrades[503,CONNECTION_LIMIT]"]));
        Assert.Equal(1, server.Helios.Connections.Count);
        await first.DisposeAsync();
        await AskUntilAcceptedAsync(server).InTime();
    }

    // The web server frees its place a moment after the connection has ended.
    private static async Task AskUntilAcceptedAsync(WireServer server)
    {
        while ((await server.AskAsync(UpgradeRequest.Valid)).Status != 101)
        {
        }
    }

    [Fact]
    public async Task MapHelios_OfAServerThatWasStopped_Throws()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting().AddHelios();
        await using var stopped = builder.Build();
        await stopped.Services.GetHelios().DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => stopped.MapHelios("/helios"));
    }

    [Fact]
    public async Task Connection_AfterRefusal_MayAskAgain()
    {
        await using var server = await StartAsync();
        await using var stream = await server.OpenAsync();
        var input = new ByteReader(stream);
        await stream.WriteAsync(UpgradeRequest.PlainGet.ToBytes(server.Host));
        var refused = await HttpReply.ReadAsync(input);

        await stream.WriteAsync(UpgradeRequest.Valid.ToBytes(server.Host));

        Assert.Equal((400, 101), (refused.Status, (await HttpReply.ReadAsync(input)).Status));
    }

    [Fact]
    public async Task UpgradeContext_KeptWhileTheNextRequestOfTheConnectionComes_ShowsItsOwnHeaders()
    {
        var contexts = new List<UpgradeContext>();
        await using var server = await MappedServer.StartAsync(
            new ServerSetup(
                helios => helios.UseUpgrade((context, _) =>
                {
                    contexts.Add(context);
                    return default;
                }),
                null),
            new WireAddress(AddressKind.IPv4));
        await using var stream = await server.OpenAsync();
        var input = new ByteReader(stream);
        foreach (var secret in (string[])["first", "second"])
        {
            await stream.WriteAsync(UpgradeRequest.PlainGet.With("Authorization", $"Bearer {secret}").ToBytes(server.Host));
            Assert.Equal(403, (await HttpReply.ReadAsync(input)).Status);
        }

        Assert.Equal(["first", "second"], contexts.Select(context => context.BearerToken));
        Assert.Equal("Bearer first", contexts[0].Headers["authorization"]);
    }

    [Fact]
    public async Task Application_Stopping_ClosesItsSocketsWith1001()
    {
        var server = await StartAsync();
        await using var client = await server.ConnectAsync();
        await client.ExpectAliveAsync();

        var stopped = server.DisposeAsync().AsTask();

        await client.ExpectCloseAsync(1001, "server going away");
        await client.SendAsync(ClientFrame.Close(1001));
        await client.ExpectEndAsync();
        await stopped;
    }

    private static Task<WireServer> StartAsync(Action<HeliosOptions>? configure = null) =>
        MappedServer.StartAsync(new ServerSetup(null, configure), new WireAddress(AddressKind.IPv4));
}
