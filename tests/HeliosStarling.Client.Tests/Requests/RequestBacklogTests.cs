using System.Collections.Concurrent;
using HeliosStarling.Protocol;

namespace HeliosStarling.Requests;

/// <summary>Requests beyond the server's limit wait in the client.</summary>
public class RequestBacklogTests
{
    [Fact]
    public async Task WhenAll_ThousandRequests_AllSucceed()
    {
        var (running, most) = (0, 0);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(helios => helios.Method("echo:later", async (int number) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            await asked.Task;
            Interlocked.Decrement(ref running);
            return number;
        }));
        await using var client = await server.ConnectAsync();

        var requests = Enumerable.Range(0, 1000).Select(number => client.Request<int>("echo:later", number).Answer).ToArray();
        asked.SetResult();
        var answers = await Task.WhenAll(requests).InTime();

        Assert.Equal(Enumerable.Range(0, 1000), answers);
        Assert.InRange(most, 1, 256);
    }

    [Fact]
    public async Task Send_RequestsAndNotifications_ArriveInCallOrder()
    {
        var order = new ConcurrentQueue<int>();
        var done = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(helios =>
        {
            helios.Method("order:ask", async (int number) =>
            {
                order.Enqueue(number);
                await Task.Yield();
            });
            helios.On("order:tell", (int number, TopicContext _) =>
            {
                order.Enqueue(number);
                if (number == 99) done.SetResult();
            });
        }, options => options.MaxRequestsPerStarling = 2);
        await using var client = await server.ConnectAsync();

        var requests = new List<Task>();
        for (var number = 0; number < 100; number++)
        {
            if (number % 3 == 0) Assert.Equal(SendResult.Queued, await client.NotifyAsync("order:tell", number).AsTask().InTime());
            else requests.Add(client.Request<object>("order:ask", number).Answer);
        }

        await Task.WhenAll(requests).InTime();
        await done.Task.InTime();
        Assert.Equal(Enumerable.Range(0, 100), order);
    }

    [Fact]
    public async Task Answer_ToTheServer_DoesNotWaitBehindRequests()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.Method(
                "ask:back", async (int number, RequestContext context) => await context.Starling.Request<int>("ui:double", number)),
            options => options.MaxRequestsPerStarling = 1);
        await using var client = await server.ConnectAsync(setup: client => client.Method("ui:double", (int number) => 2 * number));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => client.Request<int>("ask:back", number).Answer)).InTime();

        Assert.Equal(Enumerable.Range(0, 10).Select(number => 2 * number), answers);
    }

    [Fact]
    public async Task Close_WithMessagesBehindRequests_SendsThemAndFailsTheRequests()
    {
        var told = new TaskCompletionSource<string>();
        await using var server = await TestServer.StartAsync(helios =>
        {
            helios.Method(
                "slow:never", async (RequestContext context) => await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken));
            helios.On("last:word", (string text, TopicContext _) => told.SetResult(text));
        }, options => options.MaxRequestsPerStarling = 1);
        var client = await server.ConnectAsync();
        var first = client.Request<object>("slow:never");
        var second = client.Request<object>("slow:never");
        await client.NotifyAsync("last:word", "bye").AsTask().InTime();

        await client.DisposeAsync().AsTask().InTime();

        Assert.Equal("bye", await told.Task.InTime());
        Assert.Equal(ErrorCodes.ConnectionClosed, (await Assert.ThrowsAsync<HeliosException>(() => first.InTime())).Code);
        Assert.Equal(ErrorCodes.ConnectionClosed, (await Assert.ThrowsAsync<HeliosException>(() => second.InTime())).Code);
    }

    [Fact]
    public async Task Refusal_OfAServer_NamesLimitAndOption()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.Method(
                "slow:never", async (RequestContext context) => await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken)),
            options => options.MaxRequestsPerStarling = 1);
        // Without resume there is no welcome, so the client does not know the limit.
        await using var client = await server.ConnectAsync(options => options.Resume = false);
        _ = client.Request<object>("slow:never");

        var failure = await Assert.ThrowsAsync<HeliosException>(() => client.Request<object>("slow:never").InTime());

        Assert.Equal(ErrorCodes.RequestQueueFull, failure.Code);
        Assert.Contains("at most 1 (MaxRequestsPerStarling)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("MaxRequestBytesPerStarling", failure.Message, StringComparison.Ordinal);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }
}
