namespace HeliosStarling;

public class ClosingTests
{
    [Fact]
    public async Task CloseAsync_WithReason_BothSidesHaveTheSameReason()
    {
        var lost = new TaskCompletionSource<StarlingDisconnected>();
        await using var server = await TestServer.StartAsync(
            helios => helios.Events.On("starling:disconnected", (StarlingDisconnected happened) => lost.SetResult(happened)));
        await using var client = await server.ConnectAsync();
        var closed = Closed(client);

        await client.CloseAsync("done").AsTask().InTime();

        var (here, there) = (await closed.InTime(), await lost.Task.InTime());
        Assert.Equal((1000, "done", 1000, "done"), (here.Code, here.Reason, there.Code, there.Reason));
        Assert.Equal(ConnectionState.Closed, client.State);
    }

    [Fact]
    public async Task CloseAsync_MessagesQueued_ArriveBefore()
    {
        var (texts, lost) = (new List<string>(), new TaskCompletionSource());
        await using var server = await TestServer.StartAsync(helios =>
        {
            helios.OnText(context => texts.Add(context.Text));
            helios.Events.On("starling:disconnected", _ => lost.SetResult());
        });
        await using var client = await server.ConnectAsync();

        for (var i = 0; i < 100; i++) await client.SendTextAsync($"t{i}");
        await client.CloseAsync().AsTask().InTime();

        await lost.Task.InTime();
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"t{i}"), texts);
    }

    [Fact]
    public async Task CloseAsync_Twice_DoesNothingMore()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.ConnectAsync();

        await client.CloseAsync().AsTask().InTime();
        await client.CloseAsync().AsTask().InTime();
        await client.DisposeAsync().AsTask().InTime();

        Assert.Equal(ConnectionState.Closed, client.State);
    }

    [Fact]
    public async Task CloseAsync_ReasonTooLong_StillEnds()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.CloseAsync(new string('é', 200)).AsTask().InTime();

        Assert.Equal(ConnectionState.Closed, client.State);
        await Eventually.TrueAsync(() => server.Helios.Starlings.ConnectedCount == 0);
    }

    [Fact]
    public async Task DisposeAsync_RequestsOpen_FailWithConnectionClosed()
    {
        var started = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(helios => helios.Method("slow:never", async context =>
        {
            started.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }));
        var client = await server.ConnectAsync();
        var requests = Enumerable.Range(0, 10).Select(_ => client.Request<int>("slow:never")).ToArray();
        await started.Task.InTime();

        await client.DisposeAsync().AsTask().InTime();

        foreach (var request in requests)
            Assert.Equal("CONNECTION_CLOSED", (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
    }

    [Fact]
    public async Task DisposeAsync_StreamIsRead_EndsWithConnectionClosed()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("count:forever", Forever));
        var client = await server.ConnectAsync();
        var first = new TaskCompletionSource();
        var reading = Task.Run(async () =>
        {
            await foreach (var _ in client.Request<object?>("count:forever").Stream<int>()) first.TrySetResult();
        });
        await first.Task.InTime();

        await client.DisposeAsync().AsTask().InTime();

        Assert.Equal("CONNECTION_CLOSED", (await Assert.ThrowsAsync<HeliosException>(() => reading.InTime())).Code);

        static async IAsyncEnumerable<int> Forever(object? nothing, RequestContext context)
        {
            yield return 1;
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }
    }

    [Fact]
    public async Task ClosedByTheApplication_AcceptsNothingMore()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.CloseAsync();

        var failure = Assert.Throws<ObjectDisposedException>(() => { _ = client.Request<int>("system:ping"); });
        Assert.StartsWith(
            "The client was closed, and cannot be used again. Connect another one.", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await client.NotifyAsync("a:b", 1));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await client.SendTextAsync("a"));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await client.SendBinaryAsync(new byte[1]));
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(4002)]
    [InlineData(4321)]
    public async Task ServerCloses_WithCodeAndReason_ClientHasBoth(int code)
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(options => options.Reconnect = false);
        var closed = Closed(client);

        await server.Starling.CloseAsync(code, "bye");

        var happened = await closed.InTime();
        Assert.Equal((code, "bye", ConnectionState.Closed), (happened.Code, happened.Reason, client.State));
    }

    [Fact]
    public async Task ServerStops_ClientGetsGoingAway()
    {
        var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var closed = Closed(client);

        await server.DisposeAsync().AsTask().InTime();

        Assert.Equal(1001, (await closed.InTime()).Code);
    }

    [Fact]
    public async Task Method_ConnectionEnds_ItsTokenIsCancelled()
    {
        var (started, stopped) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(setup: client => client.Method("ui:never", async context =>
        {
            context.CancellationToken.Register(stopped.SetResult);
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }));
        _ = server.Starling.Request<int>("ui:never");
        await started.Task.InTime();

        await client.CloseAsync();

        await stopped.Task.InTime();
    }

    private static Task<ClientDisconnected> Closed(StarlingClient client)
    {
        var closed = new TaskCompletionSource<ClientDisconnected>();
        client.Events.On("starling:disconnected", (ClientDisconnected happened) => closed.SetResult(happened));
        return closed.Task;
    }
}
