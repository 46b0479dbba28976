using System.Net;
using System.Net.Sockets;
using System.Text;
using HeliosStarling.Wire;
using Microsoft.Extensions.Logging;

namespace HeliosStarling.Limits;

/// <summary>
/// Sockets before their upgrade: one address leaves places for others, and refused sockets take none.
/// </summary>
public sealed class OpeningPlacesTests
{
    private static readonly IPAddress s_attacker = IPAddress.Parse("127.0.0.2");

    [Theory]
    [InlineData(AddressKind.IPv4)]
    [InlineData(AddressKind.Tls)]
    internal async Task SilentSockets_OfOneAddress_TakeAQuarterOfThePlaces(AddressKind kind)
    {
        await using var server = await LimitServer.StartAsync(configure: options => options.MaxConnections = 200, kind: kind);
        await using var silent = await SilentSockets.OpenAsync(server, s_attacker, 400);

        for (var i = 0; i < 10; i++)
        {
            await using var client = await server.ConnectAsync();
            await client.ExpectAliveAsync();
        }

        await silent.EndedAsync(350);
        Assert.Equal(50, silent.OpenCount);
    }

    [Fact]
    public async Task Sockets_ThatStopInTheirRequest_TakeAQuarterOfThePlaces()
    {
        await using var server = await LimitServer.StartAsync(configure: options => options.MaxConnections = 200);
        await using var silent = await SilentSockets.OpenAsync(server, s_attacker, 400, "GET /helios HTTP/1.1\r\n");

        await using var client = await server.ConnectAsync();

        await client.ExpectAliveAsync();
        await silent.EndedAsync(350);
    }

    [Fact]
    public async Task SilentSockets_OverTheRateOfUpgrades_TakeNoPlaceOfOthers()
    {
        await using var server = await LimitServer.StartAsync(configure: options =>
            (options.MaxConnections, options.RateLimits.Upgrades) = (100, new RateLimit(1, TimeSpan.FromHours(1))));
        // 10 addresses with 40 sockets each. There are 128 places, and each address may have 32.
        var silent = new List<SilentSockets>();
        for (var i = 2; i < 12; i++) silent.Add(await SilentSockets.OpenAsync(server, IPAddress.Parse($"127.0.0.{i}"), 40));

        await using var client = await server.ConnectAsync();

        await client.ExpectAliveAsync();
        // Of each address one socket is in time. Of the others, those with a refusing place get an answer.
        await Bound.EventuallyAsync(() => silent.Sum(one => one.OpenCount) == 10 + 128, "those without a place are gone");
        foreach (var one in silent) await one.DisposeAsync();
    }

    [Fact]
    public async Task SilentSockets_ThatEnd_GiveTheirPlacesBack()
    {
        await using var server = await LimitServer.StartAsync(configure: options => options.MaxConnections = 200);
        for (var round = 0; round < 10; round++)
        {
            await using var silent = await SilentSockets.OpenAsync(server, s_attacker, 50);
        }

        await Bound.EventuallyAsync(() => CanConnect(server), "its places are free");
    }

    [Fact]
    public async Task SilentSockets_OverAUnixSocket_AreNoAddress()
    {
        await using var server = await LimitServer.StartAsync(configure: options => options.MaxConnections = 200, kind: AddressKind.Unix);
        await using var silent = await SilentSockets.OpenAsync(server, null, 199);

        await using var client = await server.ConnectAsync();

        await client.ExpectAliveAsync();
        Assert.Equal(199, silent.OpenCount);
    }

    [Fact]
    public async Task Socket_WithoutPlace_CountsAsRefused()
    {
        await using var server = await LimitServer.StartAsync(configure: options => options.MaxConnections = 1);
        await using var silent = await SilentSockets.OpenAsync(server, s_attacker, 33);

        await silent.EndedAsync(1);

        Assert.Single(server.Log.Entries, entry => entry.Text == "An upgrade was refused: 503 CONNECTION_LIMIT");
    }

    [Fact]
    public async Task Socket_WithoutPlace_IsClosedWhenALoggerThrows()
    {
        using var loggers = new LoggerFactory([new BrokenLogger()]);
        await using var server = await LimitServer.StartAsync(
            configure: options => (options.MaxConnections, options.LoggerFactory) = (1, loggers));
        await using var silent = await SilentSockets.OpenAsync(server, s_attacker, 33);

        await silent.EndedAsync(1);
    }

    private static bool CanConnect(WireServer server)
    {
        using var socket = SilentSockets.Connect(server.Address, s_attacker);
        try
        {
            socket.ReceiveTimeout = (int)Bound.Time.TotalMilliseconds;
            socket.Send(Encoding.ASCII.GetBytes("bad\r\n\r\n"));
            return socket.Receive(new byte[1]) == 1;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A logger that throws when a refused upgrade is logged.</summary>
    private sealed class BrokenLogger : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception).Contains("refused", StringComparison.Ordinal)) throw new IOException("The disk is full.");
        }

        public void Dispose()
        {
        }
    }
}
