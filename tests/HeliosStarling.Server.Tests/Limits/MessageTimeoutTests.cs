using HeliosStarling.Framing;
using HeliosStarling.Wire;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Limits;

/// <summary>MessageTimeout: from the first byte of a message to its last.</summary>
public sealed class MessageTimeoutTests
{
    private const int Begun = 20;

    private readonly byte[] _message = ClientFrame.Text(Request("system:methods", id: IdOf(1))).ToBytes();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Message_CompleteInTime_IsAnswered(bool isMapped)
    {
        await using var server = await StartAsync(isMapped);
        await using var client = await BeginAsync(server);

        server.Time.Advance(TimeSpan.FromSeconds(9.5));
        await client.SendBytesAsync(_message.AsMemory(Begun));

        Assert.Contains(IdOf(1), await client.ReadTextAsync(), StringComparison.Ordinal);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await client.ExpectAliveAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Message_ThatDrips_IsClosed1008(bool isMapped)
    {
        await using var server = await StartAsync(isMapped);
        await using var client = await BeginAsync(server);

        for (var second = 0; second < 10; second++)
        {
            await client.SendBytesAsync(_message.AsMemory(Begun + second, 1));
            server.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await client.ExpectCloseAsync(1008, "a message took too long");
    }

    [Fact]
    public async Task Fragments_WithoutEnd_AreClosed1008ThoughPingsComeBetween()
    {
        await using var server = await StartAsync(isMapped: false);
        await using var client = await server.ConnectAsync();
        await client.SendAsync(ClientFrame.Text(Request("system:ping")), ClientFrame.Text("") with { Fin = false });
        await client.ReadTextAsync();

        for (var second = 0; second < 9; second++)
        {
            await client.SendAsync(ClientFrame.Continuation() with { Fin = false }, ClientFrame.Ping());
            Assert.Equal(ServerFrame.PongOpcode, (await client.ReadFrameAsync()).Opcode);
            server.Time.Advance(TimeSpan.FromSeconds(1));
        }
        server.Time.Advance(TimeSpan.FromSeconds(1));

        await client.ExpectCloseAsync(1008, "a message took too long");
    }

    private static Task<WireServer> StartAsync(bool isMapped) =>
        LimitServer.StartAsync(configure: options => options.MessageTimeout = TimeSpan.FromSeconds(10), isMapped: isMapped);

    // In one packet with a whole message. Its answer shows that the server has seen the beginning of the next message.
    private async Task<WireClient> BeginAsync(WireServer server)
    {
        var client = await server.ConnectAsync();
        await client.SendBytesAsync((byte[])[.. ClientFrame.Text(Request("system:ping")).ToBytes(), .. _message[..Begun]]);
        await client.ReadTextAsync();
        return client;
    }
}
