using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using HeliosStarling.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Hosting;

/// <summary>The TestServer of ASP.NET Core, which <c>WebApplicationFactory</c> starts: it hands over WebSockets, not bytes.</summary>
public sealed class TestServerTests : IAsyncLifetime
{
    private readonly WebApplication _app;

    public TestServerTests()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting().AddHelios();
        _app = builder.Build();
        _app.MapHelios("/helios");
        Helios.Method("echo:echo", (JsonElement payload, RequestContext _) => payload);
    }

    private Helios Helios => _app.Services.GetHelios();

    public async ValueTask InitializeAsync() => await _app.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().InTime();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task WebSocketClient_OfTheTestServer_GetsAnswers(int length)
    {
        var client = _app.GetTestServer().CreateWebSocketClient();
        client.SubProtocols.Add("helios-starling");
        using var socket = await client.ConnectAsync(new Uri("ws://localhost/helios"), CancellationToken.None).InTime();
        var text = new string('a', length);

        await socket.SendAsync(
            Encoding.UTF8.GetBytes(Request("echo:echo", $"\"{text}\"")),
            WebSocketMessageType.Text,
            endOfMessage: true,
            CancellationToken.None);

        var answer = JsonElement.Parse(await ReadTextAsync(socket));
        Assert.Equal((true, text), (answer.GetProperty("success").GetBoolean(), answer.GetProperty("data").GetString()));
        Assert.Equal("helios-starling", socket.SubProtocol);
    }

    [Fact]
    public async Task WebSocketClient_ThatCloses_IsClosedInTurn()
    {
        using var socket = await ConnectAsync();

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None).InTime();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        await Bound.EventuallyAsync(() => Helios.Connections.Count == 0, "the connection has ended");
    }

    [Fact]
    public async Task WebSocketClient_ThatIsGone_EndsTheConnection()
    {
        var socket = await ConnectAsync();

        socket.Abort();

        await Bound.EventuallyAsync(() => Helios.Connections.Count == 0, "the connection has ended");
    }

    [Fact]
    public async Task Server_ThatCloses_SaysCodeAndReason()
    {
        Helios.On("leave", async (JsonElement _, TopicContext context) => await context.Starling.CloseAsync(4002, "enough"));
        using var socket = await ConnectAsync();

        await socket.SendAsync(Encoding.UTF8.GetBytes("""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"notification","notification":{"topic":"leave","data":1}}"""), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

        await ReadTextAsync(socket);
        Assert.Equal((4002, "enough"), ((int)socket.CloseStatus!, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task WebSocketClient_ThatIsRefused_LearnsTheStatus()
    {
        var client = _app.GetTestServer().CreateWebSocketClient();
        client.ConfigureRequest = request => request.Headers.Origin = "https://evil.example";

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(
            () => client.ConnectAsync(new Uri("ws://localhost/helios"), CancellationToken.None));

        Assert.Contains("403", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StarlingClient_OverTheTestServer_TalksDropsAndComesBack()
    {
        var sockets = new List<WebSocket>();
        var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var client = await StarlingClient.ConnectAsync(
            new Uri("ws://localhost/helios"),
            options =>
            {
                options.ReconnectDelay = TimeSpan.FromMilliseconds(1);
                options.WebSocketFactory = async (address, subprotocols, cancellationToken) =>
                {
                    var test = _app.GetTestServer().CreateWebSocketClient();
                    foreach (var subprotocol in subprotocols) test.SubProtocols.Add(subprotocol);
                    sockets.Add(await test.ConnectAsync(address, cancellationToken));
                    return sockets[^1];
                };
            },
            client => client.Events.On("starling:recovered", (ClientRecovered _) => back.TrySetResult())).InTime();
        var id = client.StarlingId;
        Assert.Equal(1, await client.Request<int>("echo:echo", 1).InTime());

        sockets[0].Abort();
        await back.Task.InTime();

        Assert.Equal((2, id), (await client.Request<int>("echo:echo", 2).InTime(), client.StarlingId));
    }

    private Task<WebSocket> ConnectAsync() =>
        _app.GetTestServer().CreateWebSocketClient().ConnectAsync(new Uri("ws://localhost/helios"), CancellationToken.None).InTime();

    private static async Task<string> ReadTextAsync(WebSocket socket)
    {
        var (text, buffer) = (new MemoryStream(), new byte[4096]);
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().InTime();
            text.Write(buffer.AsSpan(0, received.Count));
            if (received.EndOfMessage) return Encoding.UTF8.GetString(text.ToArray());
        }
    }
}
