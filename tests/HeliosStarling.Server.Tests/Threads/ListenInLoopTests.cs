namespace HeliosStarling.Threads;

/// <summary>Event-loop mode with real sockets: <c>ListenAsync</c> has threads of its own, and handlers run where they are to.</summary>
public sealed class ListenInLoopTests : IAsyncLifetime
{
    private const string Pool = "pool, then pool";

    private readonly LoopProcess _server = LoopProcess.Start("listen");
    private readonly TaskCompletionSource<string> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StarlingClient _client = null!;

    public async ValueTask InitializeAsync() => _client = await _server.ConnectAsync(client =>
    {
        client.On<string>("seen:told", where => _told.SetResult(where));
        client.On<string>("all:told", text => _told.SetResult(text));
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Handlers_OfEveryKind_RunWhereTheyAreTo()
    {
        Assert.Equal(
            ("io", Pool, Pool, Pool),
            (await LoopProcess.AskOnIoThreadAsync(_client, "seen:quick"), await AskAsync("seen:slow"), await AskAsync("seen:connection"), await AskAsync("seen:upgrade")));
    }

    [Fact]
    public async Task Topic_Handler_StartsAndResumesInThePool()
    {
        await _client.NotifyAsync("seen:tell", 1);

        Assert.Equal(Pool, await _told.Task.InTime());
    }

    [Fact]
    public async Task Text_Handler_StartsAndResumesInThePool()
    {
        await _client.SendTextAsync("no protocol message");

        Assert.Equal(Pool, await _told.Task.InTime());
    }

    [Fact]
    public async Task NonBlockingHandler_Blocks_IsNamedWhileItDoes()
    {
        var held = LoopProcess.AskOnIoThreadAsync(_client, "seen:held");

        await _server.Program.LineAsync("The handler of method 'seen:held' is registered as NonBlocking and has held an I/O thread for [0-9]+ ms");

        // It goes on when it was named: on the thread that it holds.
        Assert.Equal("io", await held.InTime());
    }

    [Fact]
    public async Task Requests_ManyAtOnce_EachGetsItsAnswer()
    {
        var texts = Enumerable.Range(0, 200).Select(i => $"text {i} {new string('x', i * 10)}").ToList();

        var answers = texts.Select((text, i) => _client.Request<string>(i % 2 == 0 ? "echo:say" : "echo:wait", text).Answer).ToList();

        Assert.Equal(texts, await Task.WhenAll(answers).InTime());
    }

    [Fact]
    public async Task Broadcast_SeveralClients_ReachesEach()
    {
        var other = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var teller = await _server.ConnectAsync(client => client.On<string>("all:told", text => other.SetResult(text)));

        Assert.Equal(2, await teller.Request<int>("all:tell", "news").Answer.InTime());

        Assert.Equal(("news", "news"), (await _told.Task.InTime(), await other.Task.InTime()));
    }

    [Fact]
    public async Task Listening_ToldToEnd_EndsAndGoesOnInThePool()
    {
        await AskAsync("seen:quick");

        _server.Program.Terminate();

        Assert.Equal(0, await _server.Program.EndedAsync());
        await _server.Program.LineAsync("^stopped: pool$");
    }

    private Task<string> AskAsync(string method) => _client.Request<string>(method).Answer.InTime();
}
