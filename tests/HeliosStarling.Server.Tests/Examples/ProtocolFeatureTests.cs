using System.Text.Json;
using HeliosStarling.Protocol;
using HeliosStarling.Testing;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Examples;

/// <summary>The examples of "Advanced Protocol Features".</summary>
public sealed class ProtocolFeatureTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Helios _server;

    // The test advances the clock by half a minute, and connections must not count as silent.
    public ProtocolFeatureTests() => _server = Helios.Create(options =>
    {
        options.TimeProvider = _time;
        options.KeepAliveInterval = TimeSpan.FromHours(1);
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task OnBinary_BinaryMessage_HandlerGetsItsBytes()
    {
        var received = new TaskCompletionSource<byte[]>();
        _server.OnBinary(context => received.SetResult(context.Data.ToArray()));
        await using var mock = new MockStarling(_server);

        await mock.SendBinaryAsync(new byte[] { 0, 1, 254, 255 });

        Assert.Equal([0, 1, 254, 255], await received.Task.InTime());
    }

    [Fact]
    public async Task OnJson_JsonOfItsOwn_HandlerGetsTypeAndData()
    {
        var received = new TaskCompletionSource<(string?, int)>();
        _server.OnJson(
            context => received.SetResult((context.Data.GetProperty("type").GetString(), context.Data.GetProperty("data").GetInt32())));
        await using var mock = new MockStarling(_server);

        await mock.SendTextAsync("""{"type":"custom","data":42}""");

        Assert.Equal(("custom", 42), await received.Task.InTime());
    }

    [Fact]
    public async Task OnText_PlainText_HandlerGetsIt()
    {
        var received = new TaskCompletionSource<string>();
        _server.OnText(context => received.SetResult(context.Text));
        await using var mock = new MockStarling(_server);

        await mock.SendTextAsync("not json 🚀");

        Assert.Equal("not json 🚀", await received.Task.InTime());
    }

    [Fact]
    public async Task HeavyCompute_Runs_ProgressComesInOrderBeforeTheAnswer()
    {
        _server.Method("heavy:compute", async context =>
        {
            await context.NotifyAsync("progress", new { Percent = 0 });
            for (var i = 0; i < 100; i++)
            {
                await Task.Yield();
                await context.NotifyAsync("progress", new { Percent = i });
            }
            context.Success(new { Complete = true });
        }, new() { Timeout = TimeSpan.FromSeconds(30) });
        await using var mock = new MockStarling(_server);
        var percents = new List<int>();

        var request = mock.Request<JsonElement>("heavy:compute");
        using var progress = request.OnProgress((JsonElement data) => percents.Add(data.GetProperty("percent").GetInt32()));
        var answer = await request.InTime();

        Assert.True(answer.GetProperty("complete").GetBoolean());
        Assert.Equal([0, .. Enumerable.Range(0, 100)], percents);
    }

    [Fact]
    public async Task HeavyCompute_PastThirtySeconds_CallerGetsTimeoutAndTheWorkStops()
    {
        var stopped = new TaskCompletionSource();
        _server.Method("heavy:compute", async context =>
        {
            await context.ProgressAsync(new { Percent = 0 });
            await using var registration = context.CancellationToken.Register(stopped.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }, new() { Timeout = TimeSpan.FromSeconds(30) });
        await using var mock = new MockStarling(_server);
        var started = new TaskCompletionSource();
        var request = mock.Request<JsonElement>("heavy:compute", options: new RequestOptions { Timeout = TimeSpan.FromMinutes(5) });
        using var progress = request.OnProgress((JsonElement _) => started.TrySetResult());
        await started.Task.InTime();
        // A reader handles messages in order, so the answer to a later message shows that the handler's time limit has started.
        await mock.RequestAsync<JsonElement>("system:ping").InTime();

        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(request.Answer.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        var failure = await Assert.ThrowsAsync<HeliosException>(() => request.Answer.InTime());
        Assert.Equal(ErrorCodes.RequestTimeout, failure.Code);
        Assert.Equal(30_000, ((JsonElement)failure.Details!).GetProperty("timeout").GetInt32());
        await stopped.Task.InTime();
    }
}
