using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>Neither end can fill the other's memory with messages that are not read.</summary>
public class FloodTests
{
    private const int Budget = 1024 * 1024;
    private static readonly string s_item = new('a', 32 * 1024);

    // The flood begins when the first item is read. Items before that could be lost.
    private readonly TaskCompletionSource _isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Stream_ServerFloods_ItsRequestFailsAndTheRestLivesOn()
    {
        await using var server = await TestServer.StartAsync(helios =>
        {
            helios.Method("count:forever", (object? _, RequestContext context) => Forever(context.CancellationToken));
            helios.Method("who:am", () => "me");
        });
        await using var client = await server.ConnectAsync(options => (options.MaxWaitingBytes, options.MaxMessageSize) = (Budget, Budget));

        var (read, code) = await ReadLateAsync(client.Request<object?>("count:forever"));

        Assert.Equal("REQUEST_QUEUE_FULL", code);
        Assert.InRange(read, 1, 1 + (Budget / s_item.Length));
        Assert.Equal(("me", ConnectionState.Connected), (await client.Request<string>("who:am").InTime(), client.State));
    }

    [Fact]
    public async Task Stream_ClientFloods_ItsRequestFailsAndTheRestLivesOn()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("who:am", () => "me"),
            options => (options.MaxRequestBytesPerStarling, options.MaxMessageSize) = (Budget, Budget));
        await using var client = await server.ConnectAsync(
            setup: client => client.Method("count:forever", (object? _, ClientRequestContext context) =>
            {
                context.CancellationToken.Register(() => stopped.TrySetResult());
                return Forever(context.CancellationToken);
            }));

        var (read, code) = await ReadLateAsync(server.Starling.Request<object?>("count:forever"));

        Assert.Equal("REQUEST_QUEUE_FULL", code);
        Assert.InRange(read, 1, 1 + (Budget / s_item.Length));
        await stopped.Task.InTime();
        Assert.Equal("me", await client.Request<string>("who:am").InTime());
    }

    [Fact]
    public async Task OnBinary_HandlersDoNotEnd_FurtherOnesAreRefused()
    {
        var (refused, gate, begun) = (new TaskCompletionSource<string>(), new TaskCompletionSource(), 0);
        await using var server = await TestServer.StartAsync(helios => helios.OnError(context => refused.TrySetResult(context.Code)));
        await using var client = await server.ConnectAsync(
            options => (options.MaxWaitingBytes, options.MaxMessageSize) = (Budget, Budget),
            client => client.OnBinary(async _ =>
            {
                Interlocked.Increment(ref begun);
                await gate.Task;
            }));

        for (var i = 0; i < 20; i++) await server.Starling.SendBinaryAsync(new byte[100 * 1024]);

        Assert.Equal(("REQUEST_QUEUE_FULL", 10), (await refused.Task.InTime(), begun));
        gate.SetResult();
    }

    [Fact]
    public async Task OnJson_HandlersDoNotEnd_CountsWhatTheElementsTake()
    {
        var (refused, gate, begun) = (new TaskCompletionSource<string>(), new TaskCompletionSource(), 0);
        await using var server = await TestServer.StartAsync(helios => helios.OnError(context => refused.TrySetResult(context.Code)));
        await using var client = await server.ConnectAsync(
            options => (options.MaxWaitingBytes, options.MaxMessageSize) = (Budget, Budget),
            client => client.OnJson(async _ =>
            {
                Interlocked.Increment(ref begun);
                await gate.Task;
            }));
        // 100,000 bytes of text; each of its 50,000 numbers takes 12 more.
        var json = "[" + string.Join(',', Enumerable.Repeat('1', 50_000)) + "]";

        for (var i = 0; i < 4; i++) await server.Starling.SendTextAsync(json);

        Assert.Equal(("REQUEST_QUEUE_FULL", 2), (await refused.Task.InTime(), begun));
        gate.SetResult();
    }

    /// <summary>Reads the first item of a stream, and the others when the request has failed.</summary>
    private async Task<(int Read, string? Code)> ReadLateAsync(StarlingRequest<object?> request)
    {
        await using var items = request.Stream<string>().GetAsyncEnumerator();
        Assert.True(await items.MoveNextAsync().AsTask().InTime());
        _isRead.SetResult();
        await Record.ExceptionAsync(() => request.InTime());
        for (var read = 1; ; read++)
        {
            if (await Record.ExceptionAsync(async () => Assert.True(await items.MoveNextAsync().AsTask().InTime())) is { } failure)
                return (read, (failure as HeliosException)?.Code);
        }
    }

    private async IAsyncEnumerable<string> Forever([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            yield return s_item;
            await _isRead.Task.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
    }
}
