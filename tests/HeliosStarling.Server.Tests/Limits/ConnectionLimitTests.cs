using System.Text;
using HeliosStarling.Framing;
using HeliosStarling.Wire;

namespace HeliosStarling.Limits;

/// <summary>MaxConnections and ConnectionTimeout: which clients are accepted, and which are closed in time.</summary>
/// <remarks>
/// Before the upgrade the lean listener has deadlines of its own (see <see cref="LeanDeadlineTests"/>); behind MapHelios that is the
/// web server's <c>RequestHeadersTimeout</c>. After the upgrade both are the same.
/// </remarks>
public sealed class ConnectionLimitTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flood_BeyondMaxConnections_IsRefusedWhileThoseInsideGoOn(bool isMapped)
    {
        await using var server = await LimitServer.StartAsync(configure: options => options.MaxConnections = 3, isMapped: isMapped);
        var inside = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => server.ConnectAsync()));

        for (var wave = 0; wave < 3; wave++)
        {
            var refused = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => server.AskAsync(UpgradeRequest.Valid)));
            Assert.All(refused, reply => Assert.Equal((503, "300"), (reply.Status, reply.Headers["Retry-After"])));
            Assert.All(refused, reply => Assert.Contains("CONNECTION_LIMIT", reply.Body, StringComparison.Ordinal));
            foreach (var client in inside) await client.ExpectAliveAsync();
        }

        await inside[0].DisposeAsync();
        await Bound.EventuallyAsync(() => server.Helios.Connections.HasRoom, "the place is free");
        await using var next = await server.ConnectAsync();
        await next.ExpectAliveAsync();
        Assert.Equal(503, (await server.AskAsync(UpgradeRequest.Valid)).Status);
        foreach (var client in inside) await client.DisposeAsync();
    }

    [Fact]
    public async Task Upgrade_ThatDrips_IsGoneAndTakesNoPlace()
    {
        await using var server = await LimitServer.StartAsync(
            configure: options => (options.MaxConnections, options.ConnectionTimeout) = (1, TimeSpan.FromSeconds(3)));
        await using var slow = await server.OpenSocketAsync();
        await slow.WriteAsync(Encoding.ASCII.GetBytes("GET /helios HTTP/1.1\r\nHost: localhost\r\n"));
        var rest = new ByteReader(slow).TakeRestAsync();
        await using var client = await server.ConnectAsync();

        await Bound.EventuallyAsync(() =>
        {
            // Further bytes do not help. The send fails when the server has cut the connection.
            try
            {
                slow.WriteByte((byte)'x');
            }
            catch (IOException)
            {
            }
            server.Time.Advance(TimeSpan.FromMilliseconds(100));
            return rest.IsCompleted;
        }, "the dripping request is gone");
        Assert.Empty(await rest.ContinueWith(ended => ended.IsCompletedSuccessfully ? ended.Result : [], TaskScheduler.Default));
    }

    [Fact]
    public async Task Silence_AfterTheUpgrade_IsPingedAtHalfTheTimeAndClosedAtTheEnd()
    {
        await using var server = await LimitServer.StartAsync(configure: options => options.ConnectionTimeout = TimeSpan.FromSeconds(4));
        // The answer to bytes sent with the upgrade shows that the server waits. They do not count as a later sign of life.
        await using var client = await server.ConnectAsync(early: ClientFrame.Text(ClientMessage.Request("system:ping")));
        await client.ReadTextAsync();
        await Bound.EventuallyAsync(() => server.Helios.Engine.Buffers.Rented == 0, "the server waits without a buffer");

        server.Time.Advance(TimeSpan.FromSeconds(1.5));
        await server.Helios.Starlings.BroadcastAsync("n:n", 1);
        await client.ReadTextAsync();
        server.Time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(ServerFrame.PingOpcode, (await client.ReadFrameAsync()).Opcode);
        // The answer after the ping shows that the server has recorded the time of the ping.
        await server.Helios.Starlings.BroadcastAsync("n:n", 2);
        await client.ReadTextAsync();
        server.Time.Advance(TimeSpan.FromSeconds(1.5));
        await server.Helios.Starlings.BroadcastAsync("n:n", 3);
        await client.ReadTextAsync();
        server.Time.Advance(TimeSpan.FromSeconds(0.5));

        await client.ExpectCloseAsync(4008, "liveness timeout");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HalfOpenPeer_ThatNeverSaysAnything_IsClosedAndCut(bool isMapped)
    {
        await using var server = await LimitServer.StartAsync(
            configure: options => (options.ConnectionTimeout, options.MaxConnections) = (TimeSpan.FromSeconds(4), 1), isMapped: isMapped);
        await using var client = await server.ConnectAsync();
        var seen = ReadToCloseAsync(client);

        // It does not answer the close either.
        await Bound.EventuallyAsync(() =>
        {
            server.Time.Advance(TimeSpan.FromMilliseconds(500));
            return server.Helios.Connections.HasRoom;
        }, "its place is free");

        Assert.Equal(4008, await seen.InTime());
        await using var next = await server.ConnectAsync();
        await next.ExpectAliveAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FirstSign_InTime_LeavesTheKeepAliveInterval(bool isMapped)
    {
        await using var server = await LimitServer.StartAsync(
            configure: options => options.ConnectionTimeout = TimeSpan.FromSeconds(4), isMapped: isMapped);
        await using var client = await server.ConnectAsync();
        await client.ExpectAliveAsync();
        await Bound.EventuallyAsync(() => server.Helios.Engine.Buffers.Rented == 0, "the server waits without a buffer");

        server.Time.Advance(TimeSpan.FromMinutes(30));

        await client.ExpectAliveAsync();
    }

    private static async Task<int?> ReadToCloseAsync(WireClient client)
    {
        ServerFrame frame;
        while ((frame = await client.ReadFrameAsync()).Opcode != ServerFrame.CloseOpcode)
        {
        }
        return frame.CloseCode;
    }
}
