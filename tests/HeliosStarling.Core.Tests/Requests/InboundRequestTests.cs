using System.Diagnostics.Metrics;
using System.Text.Json;
using HeliosStarling.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling;

public class InboundRequestTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Peer _peer;
    private readonly RecordingConnection _connection;

    public InboundRequestTests()
    {
        _peer = new Peer(_time);
        _connection = _peer.Record();
    }

    [Fact]
    public void Handler_AnswersTwice_SecondThrowsAndOnlyTheFirstTravels()
    {
        Exception? thrown = null;
        _peer.Method("a:b", context =>
        {
            context.Success(1);
            thrown = Record.Exception(() => context.Error("APP_NO", "no"));
            return default;
        });

        _peer.Session.ReceiveRequest("a:b");

        Assert.Equal(1, _connection.Single.GetProperty("data").GetInt32());
        Assert.Equal(
            "Request 'a:b' is answered already. Answer once: return a value, call Success or Error, or throw.",
            Assert.IsType<InvalidOperationException>(thrown).Message);
        Assert.Equal(0, _peer.Engine.Buffers.Rented);
    }

    [Fact]
    public void Handler_AnswersThenThrows_TheAnswerStands()
    {
        _peer.Method("a:b", context =>
        {
            context.Success(1);
            throw new InvalidOperationException("too late");
        });

        _peer.Session.ReceiveRequest("a:b");

        Assert.True(_connection.Single.GetProperty("success").GetBoolean());
    }

    [Fact]
    public void Handler_ReturnsWithoutAnswer_SucceedsWithoutData()
    {
        _peer.Method("a:b", _ => default);

        _peer.Session.ReceiveRequest("a:b");

        Assert.True(_connection.Single.GetProperty("success").GetBoolean());
        Assert.False(_connection.Single.TryGetProperty("data", out _));
    }

    [Fact]
    public void Handler_PastItsTimeout_IsAnsweredAndCancelled()
    {
        var token = CancellationToken.None;
        _peer.Method("slow:never", async context =>
        {
            token = context.CancellationToken;
            await Task.Delay(Timeout.InfiniteTimeSpan);
        }, new() { Timeout = TimeSpan.FromSeconds(2) });
        _peer.Session.ReceiveRequest("slow:never");
        Assert.Empty(_connection.Sent);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(
            """{"code":"REQUEST_TIMEOUT","message":"Request timed out","details":{"timeout":2000}}""",
            _connection.Single.GetProperty("error").GetRawText());
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public void Handler_WithoutOwnTimeout_GetsTheEngines()
    {
        _peer.Method("slow:never", async _ => await Task.Delay(Timeout.InfiniteTimeSpan));
        _peer.Session.ReceiveRequest("slow:never");

        _time.Advance(_peer.Engine.RequestTimeout);

        Assert.Equal(ErrorCodes.RequestTimeout, Code(_connection.Single));
    }

    [Fact]
    public void Handler_AnswersAfterTimeout_AnswerIsDroppedAndCounted()
    {
        var gate = new TaskCompletionSource();
        _peer.Method("slow:late", async context =>
        {
            await gate.Task;
            context.Success(1);
        });
        _peer.Session.ReceiveRequest("slow:late");
        _time.Advance(_peer.Engine.RequestTimeout);
        var counted = 0L;
        // Other tests count too, on other threads; this handler continues on this thread.
        var thread = Environment.CurrentManagedThreadId;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "helios.requests.late_answers") listener.EnableMeasurementEvents(instrument);
        }
        };
        listener.SetMeasurementEventCallback<long>(
            (_, count, _, _) => { if (Environment.CurrentManagedThreadId == thread) counted += count; });
        listener.Start();

        gate.SetResult();

        Assert.Single(_connection.Sent);
        Assert.Equal(1, counted);
        Assert.Equal(0, _peer.Engine.Buffers.Rented);
    }

    [Fact]
    public void Cancel_Running_IsAnsweredWithTheReason()
    {
        var token = CancellationToken.None;
        _peer.Method("slow:never", async context =>
        {
            token = context.CancellationToken;
            await Task.Delay(Timeout.InfiniteTimeSpan);
        });
        var id = _peer.Session.ReceiveRequest("slow:never");

        _peer.Session.ReceiveNotification("system:cancel", new { reason = "bored" }, id);

        Assert.Equal(
            """{"code":"REQUEST_CANCELLED","message":"Request cancelled","details":{"reason":"bored"}}""",
            _connection.Single.GetProperty("error").GetRawText());
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public void Cancel_WithoutData_IsAnswered()
    {
        _peer.Method("slow:never", async _ => await Task.Delay(Timeout.InfiniteTimeSpan));
        var id = _peer.Session.ReceiveRequest("slow:never");

        _peer.Session.Receive("""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"notification","requestId":"ID","notification":{"topic":"system:cancel"}}"""
            .Replace("ID", id.ToString(), StringComparison.Ordinal));

        Assert.Equal(ErrorCodes.RequestCancelled, Code(_connection.Single));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("""{"reason":7}""")]
    [InlineData("""{"reason":"\ud800"}""")]
    [InlineData("""{"other":{"reason":"nested"}}""")]
    public void Cancel_WithoutReadableReason_HasNoDetails(string data)
    {
        _peer.Method("slow:never", async _ => await Task.Delay(Timeout.InfiniteTimeSpan));
        var id = _peer.Session.ReceiveRequest("slow:never");

        _peer.Session.Receive("""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"notification","requestId":"ID","notification":{"topic":"system:cancel","data":DATA}}"""
            .Replace("ID", id.ToString(), StringComparison.Ordinal).Replace("DATA", data, StringComparison.Ordinal));

        Assert.Equal(
            """{"code":"REQUEST_CANCELLED","message":"Request cancelled"}""", _connection.Single.GetProperty("error").GetRawText());
    }

    [Fact]
    public void Cancel_WithALongReason_IsAnsweredWithItsStart()
    {
        _peer.Method("slow:never", async _ => await Task.Delay(Timeout.InfiniteTimeSpan));
        var id = _peer.Session.ReceiveRequest("slow:never");

        _peer.Session.ReceiveNotification("system:cancel", new { reason = string.Concat(Enumerable.Repeat("\ud83d\ude80", 100_000)) }, id);

        Assert.Equal(
            string.Concat(Enumerable.Repeat("\ud83d\ude80", 512)),
            _connection.Single.GetProperty("error").GetProperty("details").GetProperty("reason").GetString());
    }

    [Fact]
    public void CancellationToken_AskedForAfterCancel_IsCancelled()
    {
        var gate = new TaskCompletionSource();
        var isCancelled = false;
        _peer.Method("slow:late", async context =>
        {
            await gate.Task;
            isCancelled = context.CancellationToken.IsCancellationRequested;
        });
        var id = _peer.Session.ReceiveRequest("slow:late");
        _peer.Session.ReceiveNotification("system:cancel", null, id);

        gate.SetResult();

        Assert.True(isCancelled);
    }

    [Fact]
    public void Duplicate_IdInFlight_IsAnErrorMessageAndTheFirstStands()
    {
        var gate = new TaskCompletionSource();
        _peer.Method("slow:late", async context =>
        {
            await gate.Task;
            context.Success("first");
        });
        var id = _peer.Session.ReceiveRequest("slow:late");

        _peer.Session.ReceiveRequest("slow:late", "second", id);
        gate.SetResult();

        Assert.Equal(["error", "response"], _connection.Sent.Select(message => message.GetProperty("type").GetString()));
        Assert.Equal(
            (ErrorCodes.RequestDuplicate, "first"), (Code(_connection.Sent[0]), _connection.Sent[1].GetProperty("data").GetString()));
        Assert.Equal(0, _peer.Engine.Buffers.Rented);
    }

    [Fact]
    public void Duplicate_AfterTheAnswer_IsAnOrdinaryRequest()
    {
        _peer.Method("a:b", _ => default);
        var id = _peer.Session.ReceiveRequest("a:b");

        _peer.Session.ReceiveRequest("a:b", id: id);

        Assert.All(_connection.Sent, message => Assert.True(message.GetProperty("success").GetBoolean()));
        Assert.Equal(2, _connection.Sent.Count);
    }

    [Fact]
    public async Task Close_HandlerRuns_IsCancelledAndNothingIsSent()
    {
        var ended = new TaskCompletionSource();
        _peer.Method("slow:never", async context =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
            }
            finally
            {
                ended.SetResult();
            }
        });
        _peer.Session.ReceiveRequest("slow:never", new string('x', 100));

        _peer.Session.Close();

        await ended.Task.InTime();
        Assert.Empty(_connection.Sent);
        await Eventually.TrueAsync(() => _peer.Engine.Buffers.Rented == 0);
    }

    [Fact]
    public void Failure_DetailsCannotBeSerialized_IsStillAnswered()
    {
        _peer.Method("a:b", _ => throw new HeliosException("APP_NO", "no", new { Type = typeof(string) }));

        _peer.Session.ReceiveRequest("a:b");

        Assert.Equal(ErrorCodes.MethodError, Code(_connection.Single));
    }

    [Fact]
    public void Success_DataCannotBeSerialized_IsAMethodError()
    {
        _peer.Method("a:b", context =>
        {
            context.Success(new { Type = typeof(string) });
            return default;
        });

        _peer.Session.ReceiveRequest("a:b");

        Assert.Equal(ErrorCodes.MethodError, Code(_connection.Single));
        Assert.Equal(0, _peer.Engine.Buffers.Rented);
    }

    private static string Code(JsonElement message) => message.GetProperty("error").GetProperty("code").GetString()!;
}
