namespace HeliosStarling;

/// <summary>The handlers that a client registers: every shape, and the errors for those that cannot be called.</summary>
public sealed class RegistrationTests
{
    private interface IStore;

    [Fact]
    public async Task Method_HandlerTakesNothing_IsCalledWhateverItReturns()
    {
        var ran = new List<string>();
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(setup: client =>
        {
            client.Method("get:value", () => 1);
            client.Method("get:task", () => Task.FromResult(2));
            client.Method("get:valueTask", () => ValueTask.FromResult(3));
            client.Method("get:async", async () =>
            {
                await Task.Yield();
                return 4;
            });
            client.Method("do:action", () => ran.Add("action"));
            client.Method("do:task", () => RunAsync(ran));
            client.Method("do:async", async () =>
            {
                await Task.Yield();
                ran.Add("async");
            });
            client.Method("get:numbers", () => AsyncEnumerable.Range(1, 3));
        });

        var numbers = new List<int>();
        foreach (var method in (string[])["get:value", "get:task", "get:valueTask", "get:async"])
            numbers.Add(await server.Starling.Request<int>(method).InTime());
        foreach (var method in (string[])["do:action", "do:task", "do:async"]) await server.Starling.Request(method);

        Assert.Equal([1, 2, 3, 4], numbers);
        Assert.Equal(["action", "task", "async"], ran);
        Assert.Equal([1, 2, 3], await server.Starling.Request("get:numbers").Stream<int>().ToListAsync().AsTask().InTime());
    }

    [Fact]
    public async Task Method_HandlerReturnsATaskWithoutResult_IsAwaitedAndAnswersNothing()
    {
        var ran = new List<string>();
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(setup: client =>
        {
            client.Method("do:alone", async (string text) =>
            {
                await Task.Yield();
                ran.Add(text);
            });
            client.Method("do:both", async (string text, ClientRequestContext _) =>
            {
                await Task.Yield();
                ran.Add(text);
            });
            client.Method("do:task", (string text) => RunAsync(ran));
        });

        Assert.Null(await server.Starling.Request<object?>("do:alone", "a").InTime());
        Assert.Null(await server.Starling.Request<object?>("do:both", "b").InTime());
        Assert.Null(await server.Starling.Request<object?>("do:task", "c").InTime());
        Assert.Equal(["a", "b", "task"], ran);
    }

    [Fact]
    public async Task On_HandlerTakesNothing_IsCalled()
    {
        var (called, awaited) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(setup: client =>
        {
            client.On("news:*", called.SetResult);
            client.On("news:*", async () =>
            {
                await Task.Yield();
                awaited.SetResult();
            });
        });

        await server.Starling.NotifyAsync("news:it", 1);

        await Task.WhenAll(called.Task, awaited.Task).InTime();
    }

    [Fact]
    public async Task Registration_CannotBeRead_NamesItsPlace()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync();

        Assert.All<(string Place, Action Register)>(
            [
                ("Method 'a:b': parameter 'store'", () => client.Method("a:b", (IStore store) => 1)),
                ("Method 'a:b': parameter 'store'", () => client.Method("a:b", (IStore store, ClientRequestContext _) => 1)),
                ("Method 'a:b': the result", () => client.Method("a:b", () => (1, 2))),
                ("Topic 'a:*': parameter 'store'", () => client.On("a:*", (IStore store) => { })),
            ],
            fault => Assert.StartsWith(
                $"{fault.Place}: ", Assert.Throws<InvalidOperationException>(fault.Register).Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Registration_WhenTheClientHasEnded_Throws()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.ConnectAsync();
        await client.DisposeAsync();

        Assert.All<Action>(
            [
                () => client.Method("a:b", () => 1),
                () => client.On("a:b", (int _) => { }),
                () => client.On("a:b", () => { }),
                () => client.OnText(_ => { }),
                () => client.OnJson(_ => { }),
                () => client.OnBinary(_ => { }),
                () => client.OnError(_ => { }),
                () => client.Events.On("starling:*", _ => { }),
            ],
            register => Assert.StartsWith(
                "The client has ended, so that no handler would be called any more. Connect another one.",
                Assert.Throws<ObjectDisposedException>(register).Message, StringComparison.Ordinal));
    }

    private static Task RunAsync(List<string> ran)
    {
        ran.Add("task");
        return Task.CompletedTask;
    }
}
