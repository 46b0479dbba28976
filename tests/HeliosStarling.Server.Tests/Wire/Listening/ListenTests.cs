using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HeliosStarling.Wire;

public sealed class ListenTests
{
    [Fact]
    public async Task ListenAsync_PortAlone_BindsLoopbackSaysSoAndReturnsWhenStopped()
    {
        using var log = new LogProbe();
        using var stop = new CancellationTokenSource();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log)).BuildServiceProvider();
        await using var helios = Helios.Create(services: services);

        var listening = helios.ListenAsync(0, stop.Token);

        await Bound.EventuallyAsync(() => log.Entries.Count > 0, "the address is logged");
        Assert.Matches("^Helios listens on http://localhost:[0-9]+/\\.$", log.Entries.Single().Text);
        await stop.CancelAsync();
        await listening.InTime();
    }

    [Fact]
    public async Task StartAsync_SeveralAddresses_ServesEach()
    {
        await using var helios = Helios.Create();

        await using var listener = await helios.StartAsync("http://127.0.0.1:0; http://localhost:0");

        Assert.Equal(2, listener.Addresses.Count);
        foreach (var address in listener.Addresses)
        {
            using var http = new HttpClient();
            using var reply = await http.GetAsync(address);
            Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        }
    }

    [Fact]
    public async Task StartAsync_AddressInUse_ThrowsAndLeavesNothingBound()
    {
        await using var helios = Helios.Create();
        await using var first = await helios.StartAsync("http://127.0.0.1:0");
        using var other = new WireAddress(AddressKind.Unix);

        var thrown = await Assert.ThrowsAsync<IOException>(() => helios.StartAsync($"{other.Url};{first.Addresses[0]}"));

        Assert.Contains($":{first.Addresses[0].Port}", thrown.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(other.SocketPath) && await CanConnectAsync(other.EndPointAt(0)));
    }

    [Fact]
    public async Task StartAsync_HttpsWithoutTls_SaysWhatToSet()
    {
        await using var helios = Helios.Create();

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => helios.StartAsync("https://127.0.0.1:0"));

        Assert.Contains("Tls", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:3000")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://127.0.0.1:1/path")]
    [InlineData("unix:relative")]
    public async Task StartAsync_MalformedAddress_Throws(string address)
    {
        await using var helios = Helios.Create();

        var thrown = await Assert.ThrowsAsync<FormatException>(() => helios.StartAsync(address));

        Assert.Contains(address, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_PortAlone_BindsBothLoopbackAddresses()
    {
        await using var helios = Helios.Create();

        await using var listener = await helios.StartAsync(0);

        Assert.Equal(("http", "localhost"), (listener.Addresses.Single().Scheme, listener.Addresses.Single().Host));
        Assert.NotEqual(0, listener.Addresses.Single().Port);
        Assert.True(await CanConnectAsync(new IPEndPoint(IPAddress.Loopback, listener.Addresses.Single().Port)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public async Task Start_PortThatIsNone_SaysTheRange(int port)
    {
        await using var helios = Helios.Create();

        foreach (Func<Task> start in new Func<Task>[] { () => helios.StartAsync(port), () => helios.ListenAsync(port) })
        {
            var thrown = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(start);
            Assert.StartsWith("A port is a number between 0 and 65535", thrown.Message);
        }
    }

    // Before, it answered 503 forever.
    [Fact]
    public async Task Start_OfAServerThatWasStopped_Throws()
    {
        var helios = Helios.Create();
        await helios.DisposeAsync();

        foreach (Func<Task> start in new Func<Task>[]
        {
            () => helios.StartAsync("http://127.0.0.1:0"),
            () => helios.StartAsync(0),
            () => helios.ListenAsync(0),
        })
        {
            var thrown = await Assert.ThrowsAsync<ObjectDisposedException>(() => start().InTime());
            Assert.Contains("Create another one.", thrown.Message, StringComparison.Ordinal);
        }
    }

    private static async Task<bool> CanConnectAsync(EndPoint endPoint)
    {
        using var socket = new System.Net.Sockets.Socket(
            endPoint.AddressFamily, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endPoint).InTime();
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
