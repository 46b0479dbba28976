using System.Text.Json;

namespace HeliosStarling;

public class RequestTests
{
    [Fact]
    public async Task Request_ServerAnswers_IsTheData()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("text:upper", (string text, RequestContext _) => text.ToUpperInvariant()));
        await using var client = await server.ConnectAsync();

        Assert.Equal("HI 🚀", await client.Request<string>("text:upper", "hi 🚀").InTime());
    }

    [Fact]
    public async Task Request_TwoHundredAnsweredOutOfOrder_AreAllMatched()
    {
        var gates = Enumerable.Range(0, 200)
            .Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .ToArray();
        await using var server = await TestServer.StartAsync(helios => helios.Method("echo:later", async (int number, RequestContext _) =>
        {
            await gates[number].Task;
            return number;
        }));
        await using var client = await server.ConnectAsync();
        var requests = Enumerable.Range(0, 200).Select(number => client.Request<int>("echo:later", number)).ToArray();

        var shuffled = Enumerable.Range(0, 200).ToArray();
        new Random(7).Shuffle(shuffled);
        foreach (var number in shuffled) gates[number].SetResult();

        for (var number = 0; number < 200; number++) Assert.Equal(number, await requests[number].InTime());
    }

    [Fact]
    public async Task Request_FromManyThreads_AreAllMatched()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("echo:it", (int number, RequestContext _) => number));
        await using var client = await server.ConnectAsync();

        await Parallel.ForAsync(0, 2000, async (number, stop) =>
            Assert.Equal(number, await client.Request<int>("echo:it", number, cancellationToken: stop))).InTime();
    }

    [Fact]
    public async Task Request_LargePayload_ComesBackWhole()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("echo:it", (string text, RequestContext _) => text));
        await using var client = await server.ConnectAsync();
        var text = string.Concat(Enumerable.Repeat("0123456789abcdef", 64_000));

        Assert.Equal(text, await client.Request<string>("echo:it", text).InTime());
    }

    [Fact]
    public async Task Request_LargerThanTheServerTakes_FailsAloneAndTheConnectionLives()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("echo:it", (string text, RequestContext _) => text));
        await using var client = await server.ConnectAsync();

        var failure = await Assert.ThrowsAsync<HeliosException>(
            () => client.Request<string>("echo:it", new string('x', 2 * 1024 * 1024)).InTime());

        Assert.Equal("REQUEST_PAYLOAD_TOO_LARGE", failure.Code);
        Assert.Equal(1024 * 1024, ((JsonElement)failure.Details!).GetProperty("limit").GetInt32());
        Assert.Equal("still here", await client.Request<string>("echo:it", "still here").InTime());
    }

    [Fact]
    public async Task Request_ServerFails_ThrowsCodeMessageAndDetails()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("room:join", _ => throw new HeliosException("CHAT_FULL", "No room", new { Limit = 3 })));
        await using var client = await server.ConnectAsync();

        var failure = await Assert.ThrowsAsync<HeliosException>(() => client.Request<int>("room:join").InTime());

        Assert.Equal(
            ("CHAT_FULL", "No room", 3), (failure.Code, failure.Message, ((JsonElement)failure.Details!).GetProperty("limit").GetInt32()));
    }

    [Fact]
    public async Task Request_Progress_ComesInOrderBeforeTheAnswer()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("work:run", async context =>
        {
            for (var i = 1; i <= 50; i++) await context.ProgressAsync(i);
            context.Success("done");
        }));
        await using var client = await server.ConnectAsync();
        var seen = new List<int>();

        var request = client.Request<string>("work:run");
        using var progress = request.OnProgress((int step) => seen.Add(step));

        Assert.Equal("done", await request.InTime());
        Assert.Equal(Enumerable.Range(1, 50), seen);
    }

    [Fact]
    public async Task Stream_ServerYields_ItemsComeInOrder()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("count:to", Count));
        await using var client = await server.ConnectAsync();

        var seen = new List<int>();
        await foreach (var item in client.Request<object?>("count:to", 500).Stream<int>()) seen.Add(item);

        Assert.Equal(Enumerable.Range(1, 500), seen);

        static async IAsyncEnumerable<int> Count(int to, RequestContext context)
        {
            for (var i = 1; i <= to; i++)
            {
                if (i % 100 == 0) await Task.Yield();
                yield return i;
            }
        }
    }

    [Fact]
    public async Task Request_TokenCancelled_ServerStops()
    {
        var (started, stopped) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await TestServer.StartAsync(helios => helios.Method("slow:never", async context =>
        {
            context.CancellationToken.Register(stopped.SetResult);
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }));
        await using var client = await server.ConnectAsync();
        using var cancellation = new CancellationTokenSource();
        var request = client.Request<int>("slow:never", cancellationToken: cancellation.Token);
        await started.Task.InTime();

        cancellation.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request.InTime());
        await stopped.Task.InTime();
    }

    [Fact]
    public async Task Method_ServerAsks_ClientAnswers()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("ask:me", async (RequestContext context) => await context.Starling.Request<int>("ui:length", "four")));
        await using var client = await server.ConnectAsync(
            setup: client => client.Method("ui:length", (string text, ClientRequestContext _) => text.Length));

        Assert.Equal(4, await client.Request<int>("ask:me").InTime());
    }

    [Fact]
    public async Task Method_Throws_ServerGetsItsCode()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(
            setup: client => client.Method("ui:fail", _ => throw new HeliosException("UI_NO", "no")));

        Assert.Equal("UI_NO", (await Assert.ThrowsAsync<HeliosException>(() => server.Starling.Request<int>("ui:fail").InTime())).Code);
    }

    [Theory]
    [InlineData("task:it")]
    [InlineData("value:it")]
    [InlineData("sync:it")]
    public async Task Method_EveryShape_Answers(string method)
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(setup: client =>
        {
            client.Method("task:it", (string text, ClientRequestContext _) => Task.FromResult(text.Length));
            client.Method("value:it", (string text, ClientRequestContext _) => new ValueTask<int>(text.Length));
            client.Method("sync:it", (string text, ClientRequestContext _) => text.Length);
        });

        Assert.Equal(4, await server.Starling.Request<int>(method, "four").InTime());
    }

    [Fact]
    public async Task Method_Streams_ServerReadsItems()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(
            setup: client => client.Method("ui:letters", (string text, ClientRequestContext context) => Letters(text, context)));

        var seen = new List<char>();
        await foreach (var letter in server.Starling.Request<object?>("ui:letters", "abc").Stream<char>()) seen.Add(letter);

        Assert.Equal("abc", string.Concat(seen));

        static async IAsyncEnumerable<char> Letters(string text, ClientRequestContext context)
        {
            foreach (var letter in text)
            {
                await Task.Yield();
                yield return letter;
            }
        }
    }

    [Fact]
    public async Task Method_Unregistered_ServerGetsMethodNotFound()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync();
        client.Method("ui:ask", (string text, ClientRequestContext _) => text).Unregister();

        Assert.Equal(
            "METHOD_NOT_FOUND", (await Assert.ThrowsAsync<HeliosException>(() => server.Starling.Request<int>("ui:ask").InTime())).Code);
    }
}
