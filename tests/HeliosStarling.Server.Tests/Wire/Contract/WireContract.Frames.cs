using HeliosStarling.Framing;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>RFC 6455 at the socket. Framing has tests of the single rules.</summary>
public abstract partial class WireContract
{
    [Fact]
    public async Task Text_NotUtf8_Closes1007()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync(new ClientFrame(0x1, [0x22, 0xC3, 0x28, 0x22]));

        await client.ExpectCloseAsync(1007, "Text is not UTF-8");
    }

    [Fact]
    public async Task Frame_NotMasked_Closes1002()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync(ClientFrame.Text("hello") with { Mask = null });

        await client.ExpectCloseAsync(1002, "Frames of a client must be masked");
    }

    [Fact]
    public async Task Connection_ClosedForFault_EndsThoughTheClientDoesNotAnswer()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SendAsync(ClientFrame.Text("hello") with { ReservedBits = 1 });
        await client.ExpectCloseAsync(1002, "Reserved bits must be 0");

        server.Time.Advance(TimeSpan.FromSeconds(2));

        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task Ping_BetweenFragments_IsAnsweredAtOnce()
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();
        var fragments = ClientFrame.Fragments(0x1, System.Text.Encoding.UTF8.GetBytes(Request("echo:echo", "1")), 50).ToArray();
        await client.SendAsync(fragments[..^1]);

        await client.SendAsync(ClientFrame.Ping(1, 2, 3));

        var pong = await client.ReadFrameAsync();
        Assert.Equal((ServerFrame.PongOpcode, "010203"), (pong.Opcode, Convert.ToHexString(pong.Payload)));
        await client.SendAsync(fragments[^1]);
        await client.ExpectSuccessAsync("1");
        await client.ExpectAliveAsync();
    }

    [Theory]
    [InlineData(1000, "bye")]
    [InlineData(1001, "")]
    [InlineData(3000, "grüße")]
    [InlineData(4999, "mine")]
    public async Task Close_FromClient_IsEchoedAndEnds(int code, string reason)
    {
        var told = Signal<string>();
        await using var server = await StartAsync(helios => helios.OnDisconnection((_, why) => told.SetResult(why)));
        await using var client = await server.ConnectAsync();

        await client.SendAsync(ClientFrame.Close(code, reason));

        await client.ExpectCloseAsync(code, reason);
        await client.ExpectEndAsync();
        Assert.Equal(reason, await told.Task.InTime());
    }

    [Fact]
    public async Task Close_WithoutCode_IsEchoedWithoutCode()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync(new ClientFrame(0x8, []));

        await client.ExpectCloseAsync(null);
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task Close_BehindRequests_LetsTheirAnswersOutFirst()
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        await client.SendAsync(ClientFrame.Text(Request("echo:echo", "1")), ClientFrame.Close(1000));

        await client.ExpectSuccessAsync("1");
        await client.ExpectCloseAsync(1000);
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task Close_FromServer_EndsOnceTheClientHasAnswered()
    {
        await using var server = await StartAsync(
            helios => helios.Method("me:leave", (RequestContext context) => context.Starling.CloseAsync(4002, "closed for good")));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("me:leave"));

        await client.ExpectCloseAsync(4002, "closed for good");
        await client.SendAsync(ClientFrame.Close(4002));
        await client.ExpectEndAsync();
        await Eventually.TrueAsync(() => server.Helios.Starlings.TotalCount == 0);
    }

    [Fact]
    public async Task Close_FromServer_EndsThoughTheClientDoesNotAnswer()
    {
        await using var server = await StartAsync(configure: options => options.ConnectionTimeout = TimeSpan.FromSeconds(5));
        await using var client = await server.ConnectAsync();
        await client.ExpectAliveAsync();
        await server.Helios.Starlings.Find(_ => true)!.CloseAsync(1008, "out");
        await client.ExpectCloseAsync(1008, "out");

        server.Time.Advance(TimeSpan.FromSeconds(5));

        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task Close_ThatNeverComesWhole_IsNotWaitedForWithoutEnd()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();
        await client.ExpectAliveAsync();
        await client.SendBytesAsync(ClientFrame.Close(1000, "bye").ToBytes().AsMemory(0, 7));
        var closing = client.ExpectCloseAsync(1008, "a message took too long");

        await AdvanceUntilAsync(server, closing);
        await client.SendBytesAsync(ClientFrame.Close(1000, "bye").ToBytes().AsMemory(7, 1));
        await AdvanceUntilAsync(server, client.ExpectEndAsync());
    }

    [Fact]
    public async Task Client_ThatEndsSendingBehindAFault_GetsTheCloseFrameAndTheEnd()
    {
        Assert.SkipWhen(
            _isMapped, "Kestrel ends both directions of a socket at once, so what is written after the client's end may be lost.");
        Assert.SkipWhen(_address == AddressKind.Tls, "The framework's client cannot end one half of TLS.");
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SendAsync(ClientFrame.Text("hello") with { ReservedBits = 1 });

        client.EndSending();

        await client.ExpectCloseAsync(1002, "Reserved bits must be 0");
        Assert.Null(await client.TryReadFrameAsync());
    }

    [Fact]
    public async Task Client_ThatEndsSendingInsteadOfClosing_GetsTheEnd()
    {
        Assert.SkipWhen(_address == AddressKind.Tls, "The framework's client cannot end one half of TLS.");
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();
        await client.ExpectAliveAsync();
        await server.Helios.Starlings.Find(_ => true)!.CloseAsync(1008, "out");
        await client.ExpectCloseAsync(1008, "out");

        client.EndSending();

        Assert.Null(await client.TryReadFrameAsync());
    }

    private static Task AdvanceUntilAsync(WireServer server, Task task) => Bound.EventuallyAsync(() =>
    {
        server.Time.Advance(TimeSpan.FromSeconds(1));
        return task.IsCompletedSuccessfully;
    }, "time is up");

    [Fact]
    public async Task Server_Stopping_Closes1001()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();
        await client.ExpectAliveAsync();

        var stopped = server.Helios.DisposeAsync().AsTask();

        await client.ExpectCloseAsync(1001, "server going away");
        await client.SendAsync(ClientFrame.Close(1001));
        await client.ExpectEndAsync();
        await stopped.InTime();
    }
}
