using HeliosStarling.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling;

public class RequestNotificationTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Peer _caller;
    private readonly Peer _callee;

    public RequestNotificationTests() => (_caller, _callee) = Peer.Pair(_time);

    [Fact]
    public async Task OnProgress_CameBeforeTheListener_IsDeliveredFirst()
    {
        var gate = new TaskCompletionSource();
        _callee.Method("work:run", async context =>
        {
            await context.ProgressAsync(1);
            await gate.Task;
            await context.ProgressAsync(2);
            context.Success(true);
        });
        var request = _caller.Request<bool>("work:run");
        var seen = new List<int>();

        using var listener = request.OnProgress<int>(seen.Add);
        Assert.Equal([1], seen);
        gate.SetResult();

        await request.InTime();
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task OnProgress_AnswerCameAlready_StillGetsAll()
    {
        _callee.Method("work:run", async context =>
        {
            await context.ProgressAsync(1);
            await context.ProgressAsync(2);
        });
        var request = _caller.Request<object?>("work:run");
        var seen = new List<int>();

        using var listener = request.OnProgress<int>(seen.Add);

        await request.InTime();
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task OnNotification_Pattern_GetsOnlyWhatMatches()
    {
        _callee.Method("work:run", async context =>
        {
            await context.NotifyAsync("log:info", "a");
            await context.NotifyAsync("other", "b");
            await context.NotifyAsync("log:warn", "c");
        });
        var request = _caller.Request<object?>("work:run");
        var seen = new List<string>();

        using var listener = request.OnNotification<string>("log:*", seen.Add);

        await request.InTime();
        Assert.Equal(["a", "c"], seen);
    }

    [Fact]
    public async Task OnProgress_ListenerThrowsOrCannotRead_TheOthersAndTheAnswerStillCome()
    {
        _callee.Method("work:run", async context => await context.ProgressAsync("text"));
        var request = _caller.Request<object?>("work:run");
        var seen = new List<string>();

        request.OnProgress<int>(_ => { });
        request.OnProgress<string>(_ => throw new InvalidOperationException("boom"));
        request.OnProgress<string>(seen.Add);

        await request.InTime();
        Assert.Equal(["text"], seen);
    }

    [Fact]
    public async Task OnProgress_Disposed_GetsNothingMore()
    {
        var gate = new TaskCompletionSource();
        _callee.Method("work:run", async context =>
        {
            await gate.Task;
            await context.ProgressAsync(1);
        });
        var request = _caller.Request<object?>("work:run");
        var seen = new List<int>();

        request.OnProgress<int>(seen.Add).Dispose();
        gate.SetResult();

        await request.InTime();
        Assert.Empty(seen);
    }

    [Fact]
    public async Task Stream_Items_ComeInOrderAndEndWithTheAnswer()
    {
        Offer("count:up", Count);

        var seen = new List<int>();
        await foreach (var item in _caller.Request<object?>("count:up", 5).Stream<int>()) seen.Add(item);

        Assert.Equal([1, 2, 3, 4, 5], seen);
        Assert.Equal((0, 0), (_caller.Engine.Buffers.Rented, _callee.Engine.Buffers.Rented));

        static async IAsyncEnumerable<int> Count(int to, TestContext context)
        {
            for (var i = 1; i <= to; i++)
            {
                yield return i;
                if (i == 2) await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task Stream_HandlerFailsHalfWay_ItemsThenItsCode()
    {
        Offer("count:up", Fail);
        var seen = new List<int>();

        var failure = await Assert.ThrowsAsync<HeliosException>(async () =>
        {
            await foreach (var item in _caller.Request<object?>("count:up", 5).Stream<int>()) seen.Add(item);
        });

        Assert.Equal("APP_BROKE", failure.Code);
        Assert.Equal([1], seen);

        static async IAsyncEnumerable<int> Fail(int to, TestContext context)
        {
            yield return 1;
            await Task.Yield();
            throw new HeliosException("APP_BROKE", "broke");
        }
    }

    [Fact]
    public async Task Stream_LeftEarly_CancelsTheHandler()
    {
        var ended = new TaskCompletionSource();
        Offer("count:forever", Forever);

        await foreach (var item in _caller.Request<object?>("count:forever", 0).Stream<int>())
        {
            if (item == 3) break;
        }

        await ended.Task.InTime();

        async IAsyncEnumerable<int> Forever(int from, TestContext context)
        {
            try
            {
                for (var i = from; ; i++)
                {
                    yield return i;
                    await Task.Yield();
                    if (context.CancellationToken.IsCancellationRequested) break;
                }
            }
            finally
            {
                ended.SetResult();
            }
        }
    }

    [Fact]
    public async Task NotifyAsync_AfterTheAnswer_Throws()
    {
        Exception? thrown = null;
        _callee.Method("work:run", async context =>
        {
            context.Success(1);
            thrown = await Record.ExceptionAsync(async () => await context.ProgressAsync(1));
        });

        await _caller.Request<int>("work:run").InTime();

        Assert.Equal(
            "Request 'work:run' is answered already. Send its notifications before its answer.",
            Assert.IsType<InvalidOperationException>(thrown).Message);
    }

    [Fact]
    public async Task NotifyAsync_RequestTimedOut_IsDropped()
    {
        var gate = new TaskCompletionSource();
        var result = new TaskCompletionSource<SendResult>();
        _callee.Method("work:run", async context =>
        {
            await gate.Task;
            result.SetResult(await context.ProgressAsync(1));
        }, new() { Timeout = TimeSpan.FromSeconds(1) });
        var request = _caller.Request<int>("work:run");
        _time.Advance(TimeSpan.FromSeconds(1));

        gate.SetResult();

        Assert.Equal(SendResult.Dropped, await result.Task.InTime());
        Assert.Equal(ErrorCodes.RequestTimeout, (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
    }

    private void Offer(string name, Func<int, TestContext, IAsyncEnumerable<int>> handler) =>
        _callee.Engine.Methods.Add(new MethodEntry(name, _callee.Bind.Bind(handler).Run, new MethodOptions()));
}
