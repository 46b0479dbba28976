using System.Text.Json;
using HeliosStarling.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling;

public class StarlingRequestTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Peer _caller;
    private readonly Peer _callee;

    public StarlingRequestTests() => (_caller, _callee) = Peer.Pair(_time);

    [Fact]
    public async Task Request_Answered_IsTheData()
    {
        _callee.Method("math:double", context =>
        {
            context.Success(context.Payload.Read<int>() * 2);
            return default;
        });

        Assert.Equal(42, await _caller.Request<int>("math:double", 21).InTime());
        AssertNothingIsHeld();
    }

    [Fact]
    public async Task Request_ManyAnsweredInReverse_EachGetsItsOwn()
    {
        var gates = Enumerable.Range(0, 200).Select(_ => new TaskCompletionSource()).ToArray();
        _callee.Method("echo:later", async context =>
        {
            var number = context.Payload.Read<int>();
            await gates[number].Task;
            context.Success(number);
        });
        var requests = gates.Select((_, number) => _caller.Request<int>("echo:later", number)).ToArray();

        foreach (var gate in gates.Reverse()) gate.SetResult();

        for (var i = 0; i < requests.Length; i++) Assert.Equal(i, await requests[i].InTime());
        AssertNothingIsHeld();
    }

    [Fact]
    public async Task Request_Failed_ThrowsCodeMessageAndDetails()
    {
        _callee.Method("room:join", _ => throw new HeliosException("CHAT_FULL", "No room", new { limit = 3 }));

        var failure = await Assert.ThrowsAsync<HeliosException>(() => _caller.Request<int>("room:join").InTime());

        Assert.Equal(
            ("CHAT_FULL", "No room", 3), (failure.Code, failure.Message, ((JsonElement)failure.Details!).GetProperty("limit").GetInt32()));
        AssertNothingIsHeld();
    }

    [Fact]
    public async Task Request_AnswerOfAnotherType_ThrowsResponseUnreadable()
    {
        _callee.Method("text:get", context =>
        {
            context.Success("text");
            return default;
        });

        var failure = await Assert.ThrowsAsync<HeliosException>(() => _caller.Request<int>("text:get").InTime());

        Assert.Equal(ErrorCodes.ResponseUnreadable, failure.Code);
        Assert.StartsWith("The answer to 'text:get' cannot be read as Int32:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_NoAnswerInTime_TimesOutAndCancelsThere()
    {
        var cancelled = new TaskCompletionSource();
        _callee.Method("slow:never", async context =>
        {
            context.CancellationToken.Register(cancelled.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        });
        var request = _caller.Request<int>("slow:never", options: new RequestOptions { Timeout = TimeSpan.FromSeconds(5) });
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(request.Answer.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(ErrorCodes.RequestTimeout, (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
        await cancelled.Task.InTime();
        await Eventually.TrueAsync(() => _callee.Engine.Buffers.Rented == 0);
    }

    [Fact]
    public void Request_TimesOut_SendsSystemCancelWithItsId()
    {
        var peer = new Peer(_time);
        var connection = peer.Record();
        var request = peer.Request<int>("slow:never", options: new RequestOptions { Timeout = TimeSpan.FromSeconds(5) });

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(2, connection.Sent.Count);
        Assert.Equal(request.Id, connection.Sent[1].GetProperty("requestId").GetGuid());
        Assert.Equal(
            """{"topic":"system:cancel","data":{"reason":"timeout"}}""", connection.Sent[1].GetProperty("notification").GetRawText());
    }

    [Fact]
    public async Task Request_InfiniteTimeout_WaitsOn()
    {
        var gate = new TaskCompletionSource();
        _callee.Method("slow:day", async context => await gate.Task, new() { Timeout = Timeout.InfiniteTimeSpan });
        var request = _caller.Request<object?>("slow:day", options: new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });

        _time.Advance(TimeSpan.FromDays(2));
        gate.SetResult();

        await request.InTime();
    }

    [Fact]
    public async Task Request_TokenCancelled_IsCancelledHereAndThere()
    {
        var cancelled = new TaskCompletionSource();
        _callee.Method("slow:never", async context =>
        {
            context.CancellationToken.Register(cancelled.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        });
        using var cancellation = new CancellationTokenSource();
        var request = _caller.Request<int>("slow:never", cancellationToken: cancellation.Token);

        cancellation.Cancel();

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request.InTime());
        Assert.Equal(cancellation.Token, failure.CancellationToken);
        await cancelled.Task.InTime();
    }

    [Fact]
    public void Request_TokenCancelledBefore_SendsNothing()
    {
        var peer = new Peer(_time);
        var connection = peer.Record();

        Assert.ThrowsAny<OperationCanceledException>(
            () => peer.Request<int>("a:b", cancellationToken: new CancellationToken(canceled: true)));

        Assert.Empty(connection.Sent);
    }

    [Fact]
    public async Task CancelAsync_WithReason_FailsWithIt()
    {
        _callee.Method("slow:never", async context => await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken));
        var request = _caller.Request<int>("slow:never");

        await request.CancelAsync("changed my mind");

        var failure = await Assert.ThrowsAsync<HeliosException>(() => request.InTime());
        Assert.Equal(
            (ErrorCodes.RequestCancelled, "changed my mind"),
            (failure.Code, ((JsonElement)failure.Details!).GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task CancelAsync_AfterTheAnswer_SendsNothing()
    {
        var peer = new Peer(_time);
        var connection = peer.Record();
        var request = peer.Request<int>("a:b");
        peer.Session.Receive($$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"response","requestId":"{{request.Id}}","success":true,"data":1}""");

        await request.CancelAsync();

        Assert.Single(connection.Sent);
    }

    [Fact]
    public async Task Close_RequestOpen_FailsWithConnectionClosed()
    {
        var peer = new Peer(_time);
        peer.Record();
        var request = peer.Request<int>("a:b");

        peer.Session.Close();

        Assert.Equal(ErrorCodes.ConnectionClosed, (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
    }

    [Fact]
    public async Task Request_SessionClosed_FailsWithConnectionClosed()
    {
        _caller.Session.Close();

        var failure = await Assert.ThrowsAsync<HeliosException>(() => _caller.Request<int>("a:b").InTime());

        Assert.Equal(ErrorCodes.ConnectionClosed, failure.Code);
        AssertNothingIsHeld();
    }

    [Fact]
    public async Task Request_OutboxFullWithDropNewest_FailsWithQueueFull()
    {
        var peer =
            new Peer(_time, new OutboxLimits(2, 1024 * 1024, OutboxPolicy.DropNewest)) { Session = { Linked = new StuckConnection() } };
        _ = peer.Request<int>("a:b");
        _ = peer.Request<int>("a:b");

        var failure = await Assert.ThrowsAsync<HeliosException>(() => peer.Request<int>("a:b").InTime());

        Assert.Equal(ErrorCodes.RequestQueueFull, failure.Code);
    }

    [Fact]
    public void Request_MalformedMethod_Throws() => Assert.Throws<HeliosException>(() => _caller.Request<int>("nothing"));

    [Fact]
    public void Request_TimeoutOfZero_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _caller.Request<int>("a:b", options: new RequestOptions { Timeout = TimeSpan.Zero }));

    [Fact]
    public void Request_PayloadCannotBeSerialized_ThrowsAndLeavesNothing()
    {
        Assert.ThrowsAny<Exception>(() => _caller.Request<int>("a:b", new { Type = typeof(string) }));

        Assert.Equal(0, _caller.Session.Outbound.Count);
        AssertNothingIsHeld();
    }

    [Fact]
    public async Task Request_Metadata_ReachesTheHandler()
    {
        _callee.Method("meta:get", context =>
        {
            context.Success(context.Metadata);
            return default;
        });

        var seen = await _caller.Request<JsonElement>("meta:get", options: new RequestOptions { Metadata = new { Trace = "t1" } }).InTime();

        Assert.Equal("""{"trace":"t1"}""", seen.GetRawText());
    }

    private void AssertNothingIsHeld()
    {
        Assert.Equal((0, 0), (_caller.Engine.Buffers.Rented, _callee.Engine.Buffers.Rented));
        Assert.Equal((0, 0), (_caller.Session.Outbound.Count, _callee.Session.Inbound.Count));
    }
}
