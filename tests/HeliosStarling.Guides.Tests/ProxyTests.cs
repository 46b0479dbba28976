using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Guides;

/// <summary>The server of docs/behind-a-proxy.md behind real proxies, with the configurations of the page.</summary>
public class ProxyTests
{
    private static readonly IPAddress s_ofTheClient = IPAddress.Parse("127.0.0.2");

    public static TheoryData<string> Proxies => ["nginx", "haproxy"];

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Client_ThroughTheProxy_IsKnownByItsOwnAddress(string name)
    {
        var (server, address) = await StartServerAsync();
        await using var running = server;
        await using var proxy = await Proxy.StartAsync(name, address);

        await using var client = await StarlingClient.ConnectAsync(proxy.Address, options => options.Invoker = InvokerFrom(s_ofTheClient));

        Assert.Equal($"{s_ofTheClient}", await client.Request<string>("address:mine").InTime());
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Page_OfTheSite_IsLetInAndAForeignOneIsNot(string name)
    {
        var (server, address) = await StartServerAsync();
        await using var running = server;
        await using var proxy = await Proxy.StartAsync(name, address);

        await using var client = await StarlingClient.ConnectAsync(
            proxy.Address,
            options => options.ConfigureWebSocket = socket => socket.SetRequestHeader("Origin", $"http://{proxy.Address.Authority}"));
        var refused = await Assert.ThrowsAsync<HeliosException>(() =>
            StarlingClient.ConnectAsync(
                proxy.Address,
                options => options.ConfigureWebSocket = socket => socket.SetRequestHeader("Origin", "http://foreign.example")));

        Assert.Equal(403, Assert.IsType<ConnectionFailure>(refused.Details).Status);
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task SilentConnection_WithPings_OutlivesOneWithout(string name)
    {
        var (server, address) = await StartServerAsync();
        await using var running = server;
        await using var proxy = await Proxy.StartAsync(name, address, idleSeconds: 5);
        var (firstLost, secondLost) = (new TaskCompletionSource(), new TaskCompletionSource());

        await using var pinging = await StarlingClient.ConnectAsync(
            proxy.Address, options => options.KeepAliveInterval = TimeSpan.FromSeconds(1),
            client => client.Events.On("starling:disconnected", (ClientDisconnected _) => firstLost.TrySetResult()));
        await using var silent = await StarlingClient.ConnectAsync(
            proxy.Address, setup: client => client.Events.On("starling:disconnected", (ClientDisconnected _) => secondLost.TrySetResult()));
        await secondLost.Task.InTime();

        Assert.False(firstLost.Task.IsCompleted);
        Assert.Equal("127.0.0.1", await pinging.Request<string>("address:mine").InTime());
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Server_ThatStops_AnswersThroughTheProxyAndItsClientComesBackToTheNext(string name)
    {
        var (server, address) = await StartServerAsync();
        await using var running = server;
        await using var proxy = await Proxy.StartAsync(name, address);
        var (lost, recovered) = (new TaskCompletionSource<ClientDisconnected>(), new TaskCompletionSource());
        await using var client = await StarlingClient.ConnectAsync(proxy.Address, setup: client =>
        {
            client.Events.On("starling:disconnected", (ClientDisconnected happened) => lost.TrySetResult(happened));
            client.Events.On("starling:recovered", (ClientRecovered _) => recovered.TrySetResult());
        });
        var id = client.StarlingId;
        var began = new TaskCompletionSource();
        var job = client.Request<string>("job:run");
        using var listening = job.OnProgress((string _) => began.TrySetResult());
        await began.Task.InTime();

        server.Terminate();

        Assert.Equal("done", await job.InTime());
        var ended = await lost.Task.InTime();
        Assert.Equal((1001, "server going away"), (ended.Code, ended.Reason));
        Assert.Equal(0, await server.EndedAsync());
        await using var next = GuideRun.Start(
            Guide.Read("behind-a-proxy").Compile("server"), "--urls", address.GetLeftPart(UriPartial.Authority));
        await recovered.Task.InTime();
        Assert.Equal(id, client.StarlingId);
    }

    private static Task<(RunningProgram Program, Uri Address)> StartServerAsync() =>
        GuideRun.StartServerAsync(Guide.Read("behind-a-proxy").Compile("server"));

    /// <summary>Connects from another address of this machine, so that it differs from the proxy's.</summary>
    private static HttpMessageInvoker InvokerFrom(IPAddress local) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(local, 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });
}
