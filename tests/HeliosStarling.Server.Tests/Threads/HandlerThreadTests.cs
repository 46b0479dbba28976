using System.Runtime.CompilerServices;
using System.Text.Json;
using HeliosStarling.Framing;
using HeliosStarling.Wire;

namespace HeliosStarling.Threads;

/// <summary>
/// Handlers start on a pool thread and continue on one after an await, without a synchronization context.
/// </summary>
public abstract class HandlerThreadTests(bool isMapped) : IAsyncLifetime
{
    private const string Pool = "pool, then pool";

    private static readonly MethodOptions s_blocking = new() { Blocking = true };

    private readonly TaskCompletionSource<string> _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WireServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        var (setup, address) = (new ServerSetup(register: null, configure: null), new WireAddress(AddressKind.IPv4));
        _server = await (isMapped ? MappedServer.StartAsync(setup, address) : LeanServer.StartAsync(setup, address));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Function_BlockingOrNot_RunsOnAThreadOfItsOwnOrInThePool()
    {
        _server.Helios.Method("a:b", string (object? _) => Here());
        _server.Helios.Method("a:c", string (object? _) => Here(), s_blocking);

        Assert.Equal(["pool", "own"], [await AskAsync("a:b"), await AskAsync("a:c")]);
    }

    [Fact]
    public async Task Method_OfNoOptions_StartsAndResumesInThePool()
    {
        _server.Helios.Method("a:b", (object? _, RequestContext _) => WatchAsync());

        Assert.Equal(Pool, await AskAsync("a:b"));
    }

    [Fact]
    public async Task Method_Blocking_StartsOnAThreadOfItsOwnAndResumesInThePool()
    {
        _server.Helios.Method("a:b", (object? _, RequestContext _) => WatchAsync(), s_blocking);

        Assert.Equal("own, then pool", await AskAsync("a:b"));
    }

    [Fact]
    public async Task Method_BehindAFilter_BothStartInThePool()
    {
        var filter = "";
        _server.Helios.Method("a:b", (object? _, RequestContext _) => WatchAsync()).Use(async (_, next) =>
        {
            filter = await WatchAsync();
            await next().ConfigureAwait(false);
        });

        Assert.Equal((Pool, Pool), (await AskAsync("a:b"), filter));
    }

    [Fact]
    public async Task Method_BehindARule_BothStartInThePool()
    {
        var rule = "";
        _server.Helios.Method("a:b", (object? _, RequestContext _) => WatchAsync()).Entry.Guards.Add(async _ =>
        {
            rule = await WatchAsync();
            return null;
        });

        Assert.Equal((Pool, Pool), (await AskAsync("a:b"), rule));
    }

    [Fact]
    public async Task Method_Streams_IteratorStaysInThePool()
    {
        var seen = new List<string>();
        _server.Helios.Method("a:b", (object? _, RequestContext _) => ItemsAsync());
        await using var client = await _server.ConnectAsync();

        await client.SendTextAsync(ClientMessage.Request("a:b"));
        for (var message = 0; message < 4; message++) await client.ReadTextAsync();

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
        await using var client = await _server.ConnectAsync();

        await client.SendTextAsync(ClientMessage.Notification("a:b", "1"));

        Assert.Equal(Pool, await _seen.Task.InTime());
    }

    [Theory]
    [InlineData("plain text")]
    [InlineData("{}")]
    public async Task Text_OfNoProtocol_HandlersStartAndResumeInThePool(string message)
    {
        _server.Helios.OnText(async _ => await Task.Yield());
        _server.Helios.OnText(async _ => _seen.SetResult(await WatchAsync()));
        _server.Helios.OnJson(async _ => _seen.SetResult(await WatchAsync()));
        await using var client = await _server.ConnectAsync();

        await client.SendTextAsync(message);

        Assert.Equal(Pool, await _seen.Task.InTime());
    }

    [Fact]
    public async Task Binary_Handler_StartsAndResumesInThePool()
    {
        _server.Helios.OnBinary(async _ => _seen.SetResult(await WatchAsync()));
        await using var client = await _server.ConnectAsync();

        await client.SendAsync(ClientFrame.Binary(1, 2, 3));

        Assert.Equal(Pool, await _seen.Task.InTime());
    }

    [Fact]
    public async Task Connection_FiltersAndHandlers_StartAndResumeInThePool()
    {
        var (upgrade, filter) = ("", "");
        _server.Helios.UseUpgrade(async (_, next) =>
        {
            upgrade = await WatchAsync();
            await next().ConfigureAwait(false);
        });
        _server.Helios.UseConnection(async (_, next) =>
        {
            filter = await WatchAsync();
            await next().ConfigureAwait(false);
        });
        _server.Helios.OnConnection(async _ => _seen.SetResult(await WatchAsync()));
        await using var client = await _server.ConnectAsync();

        Assert.Equal((Pool, Pool, Pool), (await _seen.Task.InTime(), filter, upgrade));
    }

    private static string Here() =>
        SynchronizationContext.Current is { } context ? $"{context}" : Thread.CurrentThread.IsThreadPoolThread ? "pool" : "own";

    private static async Task<string> WatchAsync()
    {
        var started = Here();
        await Task.Yield();
        return $"{started}, then {Here()}";
    }

    private async Task<string> AskAsync(string method)
    {
        await using var client = await _server.ConnectAsync();
        await client.SendTextAsync(ClientMessage.Request(method));
        return JsonElement.Parse(await client.ReadTextAsync()).GetProperty("data").GetString()!;
    }
}

/// <inheritdoc/>
public sealed class LeanHandlerThreadTests() : HandlerThreadTests(isMapped: false);

/// <inheritdoc/>
public sealed class MappedHandlerThreadTests() : HandlerThreadTests(isMapped: true);
