using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling;

public sealed class ConnectingTests : IDisposable
{
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);

    public void Dispose() => _silent.Dispose();

    [Fact]
    public async Task ConnectAsync_NobodyListens_SaysWhereAndWhy()
    {
        _silent.Start();
        var port = ((IPEndPoint)_silent.LocalEndpoint).Port;
        _silent.Stop();

        var failure = await Assert.ThrowsAsync<HeliosException>(
            () => StarlingClient.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/chat")).InTime());

        Assert.Equal("CONNECTION_REJECTED", failure.Code);
        Assert.StartsWith($"Could not connect to ws://127.0.0.1:{port}/chat: ", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.InnerException);
    }

    [Fact]
    public async Task ConnectAsync_ServerIsSilent_SaysHowLongItWaited()
    {
        _silent.Start();
        var time = new FakeTimeProvider();
        var connecting = StarlingClient.ConnectAsync(
            new Uri($"ws://{_silent.LocalEndpoint}"),
            options => (options.TimeProvider, options.ConnectionTimeout) = (time, TimeSpan.FromSeconds(3)));
        using var accepted = await _silent.AcceptTcpClientAsync().InTime();

        time.Advance(TimeSpan.FromSeconds(3));

        var failure = await Assert.ThrowsAsync<HeliosException>(() => connecting.InTime());
        Assert.Equal($"Could not connect to ws://{_silent.LocalEndpoint}/: no answer within 00:00:03", failure.Message);
    }

    [Fact]
    public async Task ConnectAsync_TokenCancelled_IsCancelled()
    {
        _silent.Start();
        using var cancellation = new CancellationTokenSource();
        var connecting = StarlingClient.ConnectAsync(new Uri($"ws://{_silent.LocalEndpoint}"), cancellationToken: cancellation.Token);
        using var accepted = await _silent.AcceptTcpClientAsync().InTime();

        cancellation.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.InTime());
    }

    [Fact]
    public async Task ConnectAsync_SecretInTheQuery_IsNotInTheMessage()
    {
        _silent.Start();
        var port = ((IPEndPoint)_silent.LocalEndpoint).Port;
        _silent.Stop();

        var failure = await Assert.ThrowsAsync<HeliosException>(
            () => StarlingClient.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/?recover=secret")).InTime());

        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_ServerIsFull_SaysItsStatus()
    {
        await using var server = await TestServer.StartAsync(configure: options => options.MaxConnections = 1);
        await using var first = await server.ConnectAsync();

        var failure = await Assert.ThrowsAsync<HeliosException>(() => server.ConnectAsync());

        Assert.Contains("503", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_FilterRefuses_SaysItsStatus()
    {
        await using var server = await TestServer.StartAsync(helios => helios.UseUpgrade(async (context, next) =>
        {
            if (context.Headers.ContainsKey("X-Key")) await next();
            else context.Refuse(401, "AUTH_REQUIRED", "no key");
        }));

        var failure = await Assert.ThrowsAsync<HeliosException>(() => server.ConnectAsync());
        await using var client = await server.ConnectAsync(
            options => options.ConfigureWebSocket = socket => socket.SetRequestHeader("X-Key", "k"));

        Assert.Contains("401", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ConnectionState.Connected, client.State);
    }

    [Fact]
    public async Task ConnectAsync_Connected_EventCameAndStateSaysSo()
    {
        await using var server = await TestServer.StartAsync();
        var happened = new List<string>();

        await using var client = await server.ConnectAsync(
            setup: client => client.Events.On("starling:*", e => happened.Add($"{e.Name} {e.Client.State}")));

        Assert.Equal(["starling:connected Connected"], happened);
    }

    [Fact]
    public async Task Setup_ServerGreetsAtOnce_HandlerIsThereAlready()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.OnConnection(async starling => await starling.NotifyAsync("hello:you", 1)));
        var greeted = new TaskCompletionSource();

        await using var client = await server.ConnectAsync(setup: client => client.On("hello:you", (int _) => greeted.SetResult()));

        await greeted.Task.InTime();
    }

    [Theory]
    [InlineData(nameof(StarlingClientOptions.ConnectionTimeout))]
    [InlineData(nameof(StarlingClientOptions.RequestTimeout))]
    [InlineData(nameof(StarlingClientOptions.MaxMessageSize))]
    [InlineData(nameof(StarlingClientOptions.MessageBufferSize))]
    [InlineData(nameof(StarlingClientOptions.MessageBufferBytes))]
    [InlineData(nameof(StarlingClientOptions.MaxWaitingBytes))]
    [InlineData(nameof(StarlingClientOptions.KeepAliveInterval))]
    [InlineData(nameof(StarlingClientOptions.KeepAliveTimeout))]
    [InlineData(nameof(StarlingClientOptions.ReconnectDelay))]
    [InlineData(nameof(StarlingClientOptions.MaxReconnectDelay))]
    public async Task ConnectAsync_OptionOutOfRange_SaysNameValueAndRange(string option)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(
            () => StarlingClient.ConnectAsync(new Uri("ws://127.0.0.1:1"), options =>
            {
                var property = typeof(StarlingClientOptions).GetProperty(option)!;
                property.SetValue(options, property.PropertyType == typeof(TimeSpan) ? TimeSpan.FromDays(9) : 1);
            }));

        Assert.Matches($@"^{option} is (9\.00:00:00|1); it must be between \S+ and \S+?\.?$", failure.Failures.First());
    }

    [Fact]
    public async Task ConnectAsync_TwoServers_ClientsShareNothing()
    {
        await using var first = await TestServer.StartAsync(helios => helios.Method("who:am", () => "first"));
        await using var second = await TestServer.StartAsync(helios => helios.Method("who:am", () => "second"));
        await using var toFirst = await first.ConnectAsync(
            setup: client => client.Method("ui:name", (string _, ClientRequestContext _) => "a"));
        await using var toSecond = await second.ConnectAsync(
            setup: client => client.Method("ui:name", (string _, ClientRequestContext _) => "b"));

        Assert.Equal(
            ("first", "second"), (await toFirst.Request<string>("who:am").InTime(), await toSecond.Request<string>("who:am").InTime()));
        Assert.Equal(
            ("a", "b"),
            (await first.Starling.Request<string>("ui:name", "").InTime(), await second.Starling.Request<string>("ui:name", "").InTime()));
        await toFirst.DisposeAsync();
        Assert.Equal("second", await toSecond.Request<string>("who:am").InTime());
    }

    [Fact]
    public async Task ConnectAsync_ManyClients_AllTalk()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("who:am", (RequestContext context) => context.Starling.Id));

        var clients = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => server.ConnectAsync())).InTime();
        var ids = await Task.WhenAll(clients.Select(client => client.Request<string>("who:am").InTime()));
        foreach (var client in clients) await client.DisposeAsync();

        Assert.Equal(50, ids.Distinct().Count());
        await Eventually.TrueAsync(() => server.Helios.Starlings.ConnectedCount == 0);
    }
}
