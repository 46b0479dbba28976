using System.Text;

namespace HeliosStarling.Wire;

/// <summary>The lean listener ends connections that do not become WebSockets in time.</summary>
public sealed class LeanDeadlineTests
{
    [Theory]
    [InlineData("")]
    [InlineData("GET /helios HTTP/1.1\r\nHost: localhost\r\n")]
    public async Task Connection_ThatSendsNoWholeRequest_Ends(string sent)
    {
        await using var server = await StartAsync(AddressKind.IPv4);
        await using var stream = await server.OpenSocketAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(sent));

        await AssertEndsInFakeTimeAsync(server, stream);
    }

    [Theory]
    [InlineData("GET /helios HTTP/1.1\nHost: localhost\n\n")]
    [InlineData("GET /helios HTTP/1.1\r\nHost: localhost\n\n")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    public async Task Connection_WithAHeadThatCannotBecomeOne_IsRefusedBeforeTheDeadline(string sent)
    {
        await using var server = await StartAsync(AddressKind.IPv4);
        await using var stream = await server.OpenSocketAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(sent));

        Assert.Equal(400, (await HttpReply.ReadAsync(new ByteReader(stream))).Status);
    }

    [Fact]
    public async Task Connection_ThatDoesNotShakeHandsWithTls_Ends()
    {
        await using var server = await StartAsync(AddressKind.Tls);
        await using var stream = await server.OpenSocketAsync();

        await AssertEndsInFakeTimeAsync(server, stream);
    }

    [Fact]
    public async Task Connection_ThatSpeaksPlainTextToTls_Ends()
    {
        await using var server = await StartAsync(AddressKind.Tls);
        await using var stream = await server.OpenSocketAsync();
        await stream.WriteAsync(UpgradeRequest.Valid.ToBytes(server.Host));

        await new ByteReader(stream).TakeRestAsync();

        await using var client = await server.ConnectAsync();
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Connection_ThatSpeaksTlsToPlainText_IsRefused()
    {
        await using var server = await StartAsync(AddressKind.IPv4);
        await using var stream = await server.OpenSocketAsync();
        await stream.WriteAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00 });

        Assert.Equal(400, (await HttpReply.ReadAsync(new ByteReader(stream))).Status);
    }

    [Fact]
    public async Task WebSocket_Open_OutlivesTheDeadline()
    {
        await using var server = await StartAsync(AddressKind.IPv4);
        await using var client = await server.ConnectAsync();
        await client.ExpectAliveAsync();

        server.Time.Advance(TimeSpan.FromMinutes(1));

        await client.ExpectAliveAsync();
    }

    private static Task<WireServer> StartAsync(AddressKind address) =>
        LeanServer.StartAsync(
            new ServerSetup(null, options => options.ConnectionTimeout = TimeSpan.FromSeconds(3)), new WireAddress(address));

    // There is no event for the start of the wait, so the clock is advanced until the connection ends.
    private static async Task AssertEndsInFakeTimeAsync(WireServer server, Stream stream)
    {
        var rest = new ByteReader(stream).TakeRestAsync();
        await Bound.EventuallyAsync(() =>
        {
            server.Time.Advance(TimeSpan.FromSeconds(1));
            return rest.IsCompleted;
        }, "the connection ends");
        Assert.Empty(await rest);
    }
}
