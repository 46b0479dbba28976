using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A context belongs to one request forever: late use never reaches another request.</summary>
public class LateContextTests
{
    private readonly Peer _caller;
    private readonly Peer _callee;

    public LateContextTests() => (_caller, _callee) = Peer.Pair();

    [Fact]
    public async Task Context_OfARequestThatHasEnded_FailsAndLeavesTheNextAlone()
    {
        TestContext? late = null;
        _callee.Method("late:keep", context =>
        {
            late = context;
            context.Success("first");
            return default;
        });
        await _caller.Request<string>("late:keep", "kept").InTime();
        _callee.Method("late:use", context =>
        {
            Assert.Throws<InvalidOperationException>(() => late!.Success("stolen"));
            Assert.Throws<InvalidOperationException>(() => late!.Error(ErrorCodes.MethodError, "stolen"));
            Assert.Throws<InvalidOperationException>(() => { _ = late!.NotifyAsync("stolen", 1).AsTask(); });
            Assert.Equal("kept", late!.Payload.Read<string>());
            Assert.False(late.CancellationToken.IsCancellationRequested);
            Assert.Equal(("late:keep", "late:use"), (late.Method, context.Method));
            Assert.NotEqual(late.RequestId, context.RequestId);
            context.Success(context.Payload.Read<string>());
            return default;
        });

        var request = _caller.Request<string>("late:use", "second");
        Assert.Equal("second", await request.InTime());
    }

    [Fact]
    public async Task Context_OthersUseItWhileItEnds_EachCallerGetsItsAnswer()
    {
        const int requests = 20_000;
        var latest = default(TestContext);
        var hasEnded = false;
        var tooLate = 0;
        _callee.Method("echo:say", context =>
        {
            Volatile.Write(ref latest, context);
            var text = context.Payload.Read<string>()!;
            try
            {
                context.Success(text);
            }
            catch (InvalidOperationException)
            {
                // The other calls were faster and answered this request.
            }
            return default;
        });
        var others = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(() =>
        {
            // Once more after the last request has ended.
            for (var isLast = false; !isLast;)
            {
                isLast = Volatile.Read(ref hasEnded);
                var context = Volatile.Read(ref latest);
                try
                {
                    context?.Success($"{context.RequestId}");
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref tooLate);
                }
            }
        }, Xunit.TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();

        for (var i = 0; i < requests; i++)
        {
            var request = _caller.Request<string>("echo:say", $"{i}");
            var id = request.Id;
            var answer = await request.InTime();
            Assert.True(answer == $"{i}" || answer == $"{id}", $"Request {i} ({id}) got {answer}.");
        }
        Volatile.Write(ref hasEnded, true);
        await Task.WhenAll(others);
        Assert.NotEqual(0, tooLate);
    }

    [Fact]
    public async Task Token_OfARequestThatHasEnded_IsNotCancelledLater()
    {
        CancellationToken token = default;
        _callee.Method("token:take", context =>
        {
            token = context.CancellationToken;
            return default;
        });

        await _caller.Request<object?>("token:take").InTime();
        _callee.Session.Close();

        Assert.True(token.CanBeCanceled);
        Assert.False(token.IsCancellationRequested);
    }

    [Fact]
    public async Task Request_HandlerWithoutContextGoesOn_IsOpenNoMoreOnceItIsAnswered()
    {
        const int requests = 20_000;
        var type = _callee.Engine.TypeInfo<string>();
        var handler = HandlerBinder<TestContext>.Bind(
            _callee.Bind.PayloadOf<string>(takesNull: false), (text, request) => ResultWriter.AnswerAsync(request, LaterAsync(text), type));
        _callee.Engine.Methods.Add(new MethodEntry("echo:later", handler.Run, new MethodOptions()));

        // Answered on another thread, mostly while the reader still adds the request to the table.
        for (var i = 0; i < requests; i++) Assert.Equal($"{i}", await _caller.Request<string>("echo:later", $"{i}").InTime());

        Assert.Equal(0, _callee.Session.Inbound.Count);

        static async ValueTask<string> LaterAsync(string text)
        {
            await Task.Yield();
            return text;
        }
    }

    [Fact]
    public void Session_EndsBeforeItsHandlerWaits_TheHandlerTakesNoPlace()
    {
        var gate = new TaskCompletionSource();
        _callee.Method("token:wait", async context =>
        {
            _ = context.CancellationToken;
            _callee.Session.Close();
            await gate.Task;
        });

        _ = _caller.Request<object?>("token:wait");

        Assert.Equal((0, 0), (_callee.Engine.Lanes.Pool.Running, _callee.Session.Inbound.Count));
        gate.SetResult();
        Assert.Equal(0, _callee.Engine.Buffers.Rented);
    }

    [Fact]
    public void Session_EndsWhileAHandlerRuns_CancelsItsToken()
    {
        _callee.Method("token:wait", context =>
        {
            var token = context.CancellationToken;
            _callee.Session.Close();
            Assert.True(token.IsCancellationRequested);
            return default;
        });

        _ = _caller.Request<object?>("token:wait");
        Assert.Equal(0, _callee.Session.Inbound.Count);
    }
}
