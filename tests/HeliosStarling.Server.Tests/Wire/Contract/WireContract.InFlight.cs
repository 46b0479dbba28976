using System.Collections.Concurrent;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>Several requests at once, and messages while one runs.</summary>
public abstract partial class WireContract
{
    [Fact]
    public async Task Requests_200InFlight_AreAnsweredOutOfOrderAndMatched()
    {
        const int count = 200;
        var gates = Enumerable.Range(0, count).Select(_ => Signal()).ToArray();
        var (started, all) = (0, Signal());
        await using var server = await StartAsync(helios => helios.Method("wait:gate", async (int number, RequestContext _) =>
        {
            if (Interlocked.Increment(ref started) == count) all.SetResult();
            await gates[number].Task;
            return number;
        }));
        await using var client = await server.ConnectAsync();
        for (var i = 0; i < count; i++) await client.SendTextAsync(Request("wait:gate", $"{i}", IdOf(i)));
        await all.Task.InTime();

        gates[^1].SetResult();
        await client.ExpectSuccessAsync($"{count - 1}", IdOf(count - 1));
        foreach (var gate in gates[..^1].Reverse()) gate.SetResult();

        var answers = new HashSet<string>();
        for (var i = 1; i < count; i++) answers.Add(await client.ReadTextAsync());
        Assert.Equal(
            Enumerable.Range(0, count - 1)
                .Select(i => server.Envelope($"\"type\":\"response\",\"requestId\":\"{IdOf(i)}\",\"success\":true,\"data\":{i}")),
            answers.Order(StringComparer.Ordinal));
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Requests_SlowOne_DoesNotHoldUpTheNext()
    {
        await using var server = await StartAsync(helios =>
        {
            Echo(helios);
            helios.Method("slow:any", async (RequestContext context) => await Task.Delay(Timeout.Infinite, context.CancellationToken));
        });
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("slow:any", id: IdOf(1)));
        await client.SendTextAsync(Request("echo:echo", "2", IdOf(2)));

        await client.ExpectSuccessAsync("2", IdOf(2));
    }

    [Fact]
    public async Task Notifications_OfRunningRequest_ArriveInOrderBeforeTheAnswer()
    {
        await using var server = await StartAsync(helios => helios.Method("job:run", async (int steps, RequestContext context) =>
        {
            for (var step = 1; step <= steps; step++) await context.ProgressAsync(new { Step = step });
            await context.NotifyAsync("job:note", "nearly");
            await context.WarnAsync("JOB_SLOW", "It took long");
            return "done";
        }));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("job:run", "3"));

        for (var step = 1; step <= 3; step++) await client.ExpectNotificationAsync("progress", $$"""{"step":{{step}}}""");
        await client.ExpectNotificationAsync("job:note", "\"nearly\"");
        await client.ExpectNotificationAsync("warning", """{"code":"JOB_SLOW","message":"It took long"}""");
        await client.ExpectSuccessAsync("\"done\"");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Stream_OfItems_ArrivesInOrderBeforeTheAnswer()
    {
        await using var server = await StartAsync(helios => helios.Method("count:to", (int last, RequestContext _) => CountAsync(last)));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("count:to", "50"));

        for (var i = 1; i <= 50; i++) await client.ExpectNotificationAsync("stream:item", $"{i}");
        await client.ExpectSuccessAsync();
        await client.ExpectAliveAsync();

        static async IAsyncEnumerable<int> CountAsync(int last)
        {
            for (var i = 1; i <= last; i++)
            {
                if (i % 10 == 0) await Task.Yield();
                yield return i;
            }
        }
    }

    [Fact]
    public async Task Stream_CancelledByCaller_EndsAndIsDisposed()
    {
        var disposed = Signal();
        await using var server = await StartAsync(
            helios => helios.Method("count:up", (int first, RequestContext context) => CountAsync(first, context)));
        await using var client = await server.ConnectAsync();
        await client.SendTextAsync(Request("count:up", "7"));
        await client.ExpectNotificationAsync("stream:item", "7");

        await client.SendTextAsync(Cancel("""{"reason":"enough"}"""));

        await client.ExpectFailureAsync("REQUEST_CANCELLED", "Request cancelled", """{"reason":"enough"}""");
        await disposed.Task.InTime();
        await client.ExpectAliveAsync();

        async IAsyncEnumerable<int> CountAsync(int first, RequestContext context)
        {
            try
            {
                yield return first;
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }
            finally
            {
                disposed.SetResult();
            }
        }
    }

    [Fact]
    public async Task Stream_ThatFails_IsAnsweredWithItsError()
    {
        await using var server = await StartAsync(helios => helios.Method("count:fail", (int first, RequestContext _) => FailAsync(first)));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("count:fail", "7"));

        await client.ExpectNotificationAsync("stream:item", "7");
        await client.ExpectFailureAsync("COUNT_ENDED", "No more numbers");
        await client.ExpectAliveAsync();

        static async IAsyncEnumerable<int> FailAsync(int first)
        {
            yield return first;
            await Task.Yield();
            throw new HeliosException("COUNT_ENDED", "No more numbers");
        }
    }

    [Fact]
    public async Task Requests_ManyInOnePacketForSmallOutbox_AreAllAnswered()
    {
        const int count = 300;
        await using var server = await StartAsync(Echo, options => options.MessageBufferSize = 64);
        await using var client = await server.ConnectAsync();

        await client.SendAsync(Enumerable.Range(0, count).Select(i => Framing.ClientFrame.Text(Request("echo:echo", $"{i}", IdOf(i)))));

        for (var i = 0; i < count; i++) await client.ExpectSuccessAsync($"{i}", IdOf(i));
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Handlers_OfLostConnection_AreNotToldTwice()
    {
        var reasons = new ConcurrentQueue<string>();
        var ended = Signal();
        await using var server = await StartAsync(helios => helios.OnDisconnection((_, reason) =>
        {
            reasons.Enqueue(reason);
            ended.TrySetResult();
        }));
        var client = await server.ConnectAsync();
        await client.ExpectAliveAsync();

        await client.DisposeAsync();

        await ended.Task.InTime();
        Assert.Equal(["connection lost"], reasons);
    }
}
