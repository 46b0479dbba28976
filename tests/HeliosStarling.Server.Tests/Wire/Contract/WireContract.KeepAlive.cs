using HeliosStarling.Framing;

namespace HeliosStarling.Wire;

/// <summary>WebSocket pings to silent clients, and the close of dead connections.</summary>
public abstract partial class WireContract
{
    [Fact]
    public async Task Client_SilentForTheInterval_IsPinged()
    {
        await using var server = await StartAsync(configure: KeepAliveOf10And5);
        await using var client = await server.ConnectAsync();
        await BecomeIdleAsync(server, client);
        server.Time.Advance(TimeSpan.FromSeconds(9));
        await BecomeIdleAsync(server, client);

        server.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(ServerFrame.PingOpcode, (await client.ReadFrameAsync()).Opcode);
    }

    [Fact]
    public async Task Client_ThatDoesNotAnswerPing_IsClosed4008()
    {
        await using var server = await StartAsync(configure: KeepAliveOf10And5);
        await using var client = await server.ConnectAsync();
        await BecomeIdleAsync(server, client);
        server.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ServerFrame.PingOpcode, (await client.ReadFrameAsync()).Opcode);

        server.Time.Advance(TimeSpan.FromSeconds(5));

        await client.ExpectCloseAsync(4008, "liveness timeout");
    }

    [Fact]
    public async Task Client_ThatAnswersPing_LivesOn()
    {
        await using var server = await StartAsync(configure: KeepAliveOf10And5);
        await using var client = await server.ConnectAsync();
        await BecomeIdleAsync(server, client);
        server.Time.Advance(TimeSpan.FromSeconds(10));
        await client.ReadFrameAsync();
        server.Time.Advance(TimeSpan.FromSeconds(4));

        await client.SendAsync(ClientFrame.Pong());

        await BecomeIdleAsync(server, client);
        server.Time.Advance(TimeSpan.FromSeconds(5));
        await client.ExpectAliveAsync();
    }

    private static void KeepAliveOf10And5(HeliosOptions options) =>
        (options.KeepAliveInterval, options.KeepAliveTimeout) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));

    /// <summary>Silence counts from the moment when the server waits for the client. The returned buffer shows that moment.</summary>
    private static async Task BecomeIdleAsync(WireServer server, WireClient client)
    {
        await client.ExpectAliveAsync();
        await Bound.EventuallyAsync(() => server.Helios.Engine.Buffers.Rented == 0, "the server waits without a buffer");
    }
}
