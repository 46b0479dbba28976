using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using HeliosStarling.Wire;

namespace HeliosStarling.Threads;

/// <summary>Event-loop mode: which thread a handler starts on, and which it goes on with after a plain await.</summary>
public sealed class HandlerThreadTests : IAsyncDisposable
{
    private const string Pool = "pool, then pool";

    private static readonly MethodOptions s_nonBlocking = new() { NonBlocking = true };

    private readonly LoopServer _server = new();
    private readonly TaskCompletionSource<string> _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Method_NonBlocking_StartsOnTheIoThread()
    {
        _server.Helios.Method("a:b", (object? _, RequestContext _) => _server.Io.Name, s_nonBlocking);
        await _server.ConnectAsync();

        Assert.Equal("io", await _server.AskAsync("a:b"));
    }

    [Fact]
    public async Task Function_NonBlockingOrNot_RunsOnTheIoThreadOrInThePool()
    {
        _server.Helios.Method("a:b", string (object? _) => _server.Io.Name, s_nonBlocking);
        _server.Helios.Method("a:c", string (object? _) => _server.Io.Name);
        _server.Helios.Method("a:d", string (object? _) => _server.Io.Name, new MethodOptions { Blocking = true });
        await _server.ConnectAsync();

        Assert.Equal(["io", "pool", "own"], [await _server.AskAsync("a:b"), await _server.AskAsync("a:c"), await _server.AskAsync("a:d")]);
    }

    [Fact]
    public async Task Method_NotSoRegistered_StartsAndResumesInThePool()
    {
        _server.Helios.Method("a:b", (object? _, RequestContext _) => WatchAsync());
        await _server.ConnectAsync();

        Assert.Equal(Pool, await _server.AskAsync("a:b"));
    }

    [Fact]
    public async Task Method_AwaitsWithoutContext_ResumesOnTheIoThread()
    {
        // What the documentation warns of, and what shows that the other tests would see it.
        _server.Helios.Method("a:b", (object? _, RequestContext _) => _server.Io.AwaitHereAsync(plain: false));
        await _server.ConnectAsync();

        Assert.Equal("io", await _server.AskAsync("a:b"));
    }

    [Fact]
    public async Task Method_Blocking_StartsOnAThreadOfItsOwnAndResumesInThePool()
    {
        _server.Helios.Method("a:b", (object? _, RequestContext _) => WatchAsync(), new MethodOptions { Blocking = true });
        await _server.ConnectAsync();

        Assert.Equal("own, then pool", await _server.AskAsync("a:b"));
    }

    [Fact]
    public async Task Method_NonBlockingBehindAFilter_BothStartInThePool()
    {
        var filter = "";
        _server.Helios.Method("a:b", (object? _, RequestContext _) => WatchAsync(), s_nonBlocking).Use(async (_, next) =>
        {
            filter = await WatchAsync();
            // Whatever thread the filter goes on with, the handler does not start there.
            await _server.Io.AwaitHereAsync(plain: false).ConfigureAwait(false);
            await next().ConfigureAwait(false);
        });
        await _server.ConnectAsync();

        Assert.Equal((Pool, Pool), (await _server.AskAsync("a:b"), filter));
    }

    [Fact]
    public async Task Method_NonBlockingBehindARule_BothStartInThePool()
    {
        var rule = "";
        _server.Helios.Method("a:b", (object? _, RequestContext _) => WatchAsync(), s_nonBlocking).Entry.Guards.Add(async _ =>
        {
            rule = await WatchAsync();
            await _server.Io.AwaitHereAsync(plain: false).ConfigureAwait(false);
            return null;
        });
        await _server.ConnectAsync();

        Assert.Equal((Pool, Pool), (await _server.AskAsync("a:b"), rule));
    }

    [Fact]
    public async Task Method_Streams_IteratorStaysInThePool()
    {
        var seen = new List<string>();
        _server.Helios.Method("a:b", (object? _, RequestContext _) => ItemsAsync());
        await _server.ConnectAsync();

        await _server.SendAsync(ClientMessage.Request("a:b"));
        for (var message = 0; message < 4; message++) await _server.ReceiveAsync();

        Assert.Equal([Pool, Pool, Pool], seen);

        async IAsyncEnumerable<int> ItemsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            for (var item = 0; item < 3; item++)
            {
                seen.Add(await WatchAsync());
                yield return item;
            }
        }
    }

    [Fact]
    public async Task Topic_Handler_StartsAndResumesInThePool()
    {
        _server.Helios.On("a:b", async (int _, TopicContext _) => _seen.SetResult(await WatchAsync()));
        await _server.ConnectAsync();

        await _server.SendAsync(ClientMessage.Notification("a:b", "1"));

        Assert.Equal(Pool, await _seen.Task.InTime());
    }

    [Theory]
    [InlineData("plain text", WebSocketMessageType.Text)]
    [InlineData("{}", WebSocketMessageType.Text)]
    [InlineData("bytes", WebSocketMessageType.Binary)]
    public async Task Message_OfNoProtocol_HandlersStartAndResumeInThePool(string message, WebSocketMessageType type)
    {
        // The second of them starts where the first has ended: on the I/O thread, if nothing prevents it.
        _server.Helios.OnText(async _ => await _server.Io.AwaitHereAsync(plain: false).ConfigureAwait(false));
        _server.Helios.OnText(async _ => _seen.SetResult(await WatchAsync()));
        _server.Helios.OnJson(async _ => _seen.SetResult(await WatchAsync()));
        _server.Helios.OnBinary(async _ => _seen.SetResult(await WatchAsync()));
        await _server.ConnectAsync();

        await _server.SendAsync(message, type);

        Assert.Equal(Pool, await _seen.Task.InTime());
    }

    [Fact]
    public async Task Connection_FilterAndHandlers_StartAndResumeInThePool()
    {
        var filter = "";
        _server.Helios.UseConnection(async (_, next) =>
        {
            filter = await WatchAsync();
            await _server.Io.AwaitHereAsync(plain: false).ConfigureAwait(false);
            await next().ConfigureAwait(false);
        });
        _server.Helios.OnConnection(async _ => _seen.SetResult(await WatchAsync()));
        await _server.ConnectAsync();

        Assert.Equal((Pool, Pool), (await _seen.Task.InTime(), filter));
    }

    [Fact]
    public async Task Method_InThreadPoolMode_HasNoContext()
    {
        await using var server = new LoopServer(HeliosThreading.ThreadPool);
        server.Helios.Method("a:b", (object? _, RequestContext _) => $"{server.Io.Name} {SynchronizationContext.Current}", s_nonBlocking);
        await server.ConnectAsync();

        // Its reads go on on that thread, and nothing moves them.
        Assert.Equal("io ", await server.AskAsync("a:b"));
    }

    private async Task<string> WatchAsync()
    {
        var started = _server.Io.Name;
        return $"{started}, then {await _server.Io.AwaitHereAsync()}";
    }
}
