using System.Text.Json;

namespace HeliosStarling;

public class MessageTests
{
    [Fact]
    public async Task NotifyAsync_ServerListens_GetsTopicAndData()
    {
        var heard = new TaskCompletionSource<(string, string)>();
        await using var server = await TestServer.StartAsync(
            helios => helios.On("chat:*", (string data, TopicContext context) => heard.SetResult((context.Topic, data))));
        await using var client = await server.ConnectAsync();

        Assert.Equal(SendResult.Queued, await client.NotifyAsync("chat:lobby", "hi"));

        Assert.Equal(("chat:lobby", "hi"), await heard.Task.InTime());
    }

    [Fact]
    public async Task NotifyAsync_Many_ArriveInCallOrder()
    {
        var (seen, all) = (new List<int>(), new TaskCompletionSource());
        await using var server = await TestServer.StartAsync(helios => helios.On("count:up", (int number, TopicContext _) =>
        {
            seen.Add(number);
            if (number == 4999) all.SetResult();
        }));
        await using var client = await server.ConnectAsync();

        for (var i = 0; i < 5000; i++) await client.NotifyAsync("count:up", i);

        await all.Task.InTime();
        Assert.Equal(Enumerable.Range(0, 5000), seen);
    }

    [Fact]
    public async Task On_SeveralHandlers_RunByPriorityWithTopicAndData()
    {
        var (calls, done) = (new List<string>(), new TaskCompletionSource());
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync();
        client.On("chat:**", (string data) => calls.Add($"low {data}"), new() { Priority = -1 });
        client.On("chat:*", (string data, ClientTopicContext context) => calls.Add($"{context.Topic} {data}"));
        client.On("chat:lobby", async (string data) =>
        {
            calls.Add($"high {data}");
            await Task.Yield();
        }, new() { Priority = 1 });
        client.On("the:end", (int _) => done.SetResult());

        await server.Starling.NotifyAsync("chat:lobby", "hi");
        await server.Starling.NotifyAsync("the:end", 1);

        await done.Task.InTime();
        Assert.Equal(["high hi", "chat:lobby hi", "low hi"], calls);
    }

    [Fact]
    public async Task On_DataIsNotWhatTheHandlerTakes_IsAWarningInTheLogOfTheClient()
    {
        var logs = new CollectedLogs();
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(
            options => options.LoggerFactory = logs, client => client.On("count:up", (int _) => { }));

        await server.Starling.NotifyAsync("count:up", "no number");

        await Eventually.TrueAsync(() => logs.Warnings.Any(text => text.Contains("count:up", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task On_ManyHandlersThatWait_NoneIsLeftOut()
    {
        const int count = 1000;
        var (gate, all, heard) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        await using var server = await TestServer.StartAsync(configure: options => options.MessageBufferSize = 2 * count);
        await using var client = await server.ConnectAsync();
        client.On("slow:it", async (int _) =>
        {
            if (Interlocked.Increment(ref heard) == count) all.SetResult();
            await gate.Task;
        });

        for (var i = 0; i < count; i++) await server.Starling.NotifyAsync("slow:it", i);

        await all.Task.InTime();
        gate.SetResult();
    }

    [Fact]
    public async Task On_Disposed_IsNotCalled()
    {
        var (called, done) = (false, new TaskCompletionSource());
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync();
        client.On("chat:*", (string _) => { called = true; }).Dispose();
        client.On("the:end", (int _) => done.SetResult());

        await server.Starling.NotifyAsync("chat:lobby", "hi");
        await server.Starling.NotifyAsync("the:end", 1);

        await done.Task.InTime();
        Assert.False(called);
    }

    [Fact]
    public async Task Text_BothWays_ComesThrough()
    {
        var back = new TaskCompletionSource<string>();
        await using var server = await TestServer.StartAsync(
            helios => helios.OnText(async context => await context.Starling.SendTextAsync($"{context.Text}!")));
        await using var client = await server.ConnectAsync(setup: client => client.OnText(back.SetResult));

        await client.SendTextAsync("hi 🚀");

        Assert.Equal("hi 🚀!", await back.Task.InTime());
    }

    [Fact]
    public async Task Json_BothWays_ComesThrough()
    {
        var back = new TaskCompletionSource<JsonElement>();
        await using var server = await TestServer.StartAsync(
            helios => helios.OnJson(async context => await context.Starling.SendTextAsync(context.Utf8)));
        await using var client = await server.ConnectAsync(setup: client => client.OnJson(back.SetResult));

        await client.SendTextAsync("""{"type":"own","data":[1,2]}""");

        Assert.Equal("""{"type":"own","data":[1,2]}""", (await back.Task.InTime()).GetRawText());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_536)]
    [InlineData(1_000_000)]
    public async Task Binary_OfAnyLength_ComesBackWhole(int length)
    {
        var back = new TaskCompletionSource<byte[]>();
        await using var server = await TestServer.StartAsync(
            helios => helios.OnBinary(async context => await context.Starling.SendBinaryAsync(context.Data)));
        await using var client = await server.ConnectAsync(setup: client => client.OnBinary(data => back.SetResult(data.ToArray())));
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);

        await client.SendBinaryAsync(bytes);

        Assert.Equal(bytes, await back.Task.InTime());
    }

    [Fact]
    public async Task OnError_DataTheServerCannotRead_GetsItsCode()
    {
        var error = new TaskCompletionSource<HeliosException>();
        await using var server = await TestServer.StartAsync(helios => helios.On("count:*", (int _, TopicContext _) => { }));
        await using var client = await server.ConnectAsync(setup: client => client.OnError(error.SetResult));

        await client.NotifyAsync("count:up", "text");

        Assert.Equal("VALIDATION_ERROR", (await error.Task.InTime()).Code);
    }

    [Fact]
    public async Task Receive_AsLargeAsMaxMessageSize_IsTaken()
    {
        var text = new TaskCompletionSource<string>();
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(
            options => options.MaxMessageSize = 65_536, client => client.OnText(text.SetResult));

        await server.Starling.SendTextAsync(new string('x', 65_536));

        Assert.Equal(65_536, (await text.Task.InTime()).Length);
    }

    [Fact]
    public async Task Error_WithoutAHandler_IsLoggedAsAWarning()
    {
        using var logs = new CollectedLogs();
        await using var server = await TestServer.StartAsync(helios => helios.On("say:it", (int _, TopicContext _) => { }));
        await using var client = await server.ConnectAsync(options => options.LoggerFactory = logs);

        await client.NotifyAsync("say:it", "seven");
        await client.Request<object?>("system:ping").InTime();

        Assert.StartsWith(
            "The server sent an error: VALIDATION_ERROR: The data on topic 'say:it' is not what its handler takes: $: ",
            Assert.Single(logs.Warnings),
            StringComparison.Ordinal);
    }
}
