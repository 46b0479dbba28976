using System.Text.Json.Serialization;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling;

public class InboundRequestRaceTests
{
    private const int Rounds = 1500;

    private readonly FakeTimeProvider _time = new();
    private readonly Peer _peer;
    private TestContext _context = null!;
    private TaskCompletionSource _ended = null!;

    public InboundRequestRaceTests()
    {
        _peer = new Peer(_time);
        _peer.Method("race:run", async context =>
        {
            _ = context.CancellationToken;
            (_context, _ended) = (context, new TaskCompletionSource());
            await _ended.Task;
        });
    }

    [Fact]
    public void AnswerAndCancel_AtOnce_ExactlyOneTravels() => RaceForTheAnswer(_ => _context.Success(1), Cancel);

    [Fact]
    public void AnswerAndTimeout_AtOnce_ExactlyOneTravels() => RaceForTheAnswer(_ => _context.Success(1), _ => TimeOut());

    [Fact]
    public void TimeoutAndCancel_AtOnce_ExactlyOneTravels() => RaceForTheAnswer(_ => TimeOut(), Cancel);

    [Fact]
    public void Answer_CancelledWhileItIsWritten_OnlyTheCancellationTravels()
    {
        var connection = _peer.Record();
        var id = _peer.Session.ReceiveRequest("race:run", "payload");

        _context.Success(new Interrupted(() => Cancel(id)));

        Assert.Equal("REQUEST_CANCELLED", connection.Single.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public void Answer_TimedOutWhileItIsWritten_OnlyTheTimeoutTravels()
    {
        var connection = _peer.Record();
        _peer.Session.ReceiveRequest("race:run", "payload");

        _context.Success(new Interrupted(TimeOut));

        Assert.Equal("REQUEST_TIMEOUT", connection.Single.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public void AnswerAndEndOfHandler_AtOnce_ExactlyOneTravels() =>
        RaceForTheAnswer(_ => Record.Exception(() => _context.Success(1)), _ => _ended.SetResult());

    [Fact]
    public void AnswerAndClose_AtOnce_NothingIsHeld() => Race.Run(Rounds / 5, () =>
    {
        var peer = new Peer();
        var connection = peer.Record();
        TestContext context = null!;
        var ended = new TaskCompletionSource();
        peer.Method("race:run", async given =>
        {
            context = given;
            await ended.Task;
        });
        peer.Session.ReceiveRequest("race:run", "payload");
        return (() => context.Success(1), peer.Session.Close, () =>
        {
            ended.SetResult();
            Assert.True(connection.Sent.Count <= 1);
            Assert.Equal((0, 0), (peer.Engine.Buffers.Rented, peer.Session.Inbound.Count));
        }
        );
    });

    [Fact]
    public void ResponseAndTimeout_AtOnce_RequestEndsOnce() => RaceForTheEnd(Answer, (_, _) => TimeOut());

    [Fact]
    public void ResponseAndToken_AtOnce_RequestEndsOnce() => RaceForTheEnd(Answer, (_, cancellation) => cancellation.Cancel());

    [Fact]
    public void TokenAndTimeout_AtOnce_RequestEndsOnce() => RaceForTheEnd((_, cancellation) => cancellation.Cancel(), (_, _) => TimeOut());

    private void RaceForTheAnswer(Action<Guid> first, Action<Guid> second) => Race.Run(Rounds, () =>
    {
        var connection = _peer.Record();
        var id = _peer.Session.ReceiveRequest("race:run", "payload");
        return (() => first(id), () => second(id), () =>
        {
            _ended.TrySetResult();
            Assert.Equal(id, connection.Single.GetProperty("requestId").GetGuid());
            Assert.Equal((0, 0), (_peer.Engine.Buffers.Rented, _peer.Session.Inbound.Count));
        }
        );
    });

    private void RaceForTheEnd(
        Action<StarlingRequest<int>, CancellationTokenSource> first,
        Action<StarlingRequest<int>, CancellationTokenSource> second) => Race.Run(Rounds, () =>
    {
        _peer.Record();
        var cancellation = new CancellationTokenSource();
        var request = _peer.Request<int>("race:run", cancellationToken: cancellation.Token);
        return (() => first(request, cancellation), () => second(request, cancellation), () =>
        {
            Assert.True(request.Answer.IsCompleted);
            Assert.Equal((0, 0), (_peer.Engine.Buffers.Rented, _peer.Session.Outbound.Count));
            cancellation.Dispose();
        }
        );
    });

    private void Cancel(Guid id) => _peer.Session.ReceiveNotification("system:cancel", null, id);

    private void TimeOut() => _time.Advance(_peer.Engine.RequestTimeout);

    private void Answer(StarlingRequest<int> request, CancellationTokenSource cancellation) => _peer.Session.Receive(
        """{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"response","requestId":"ID","success":true,"data":1}""".Replace("ID", request.Id.ToString(), StringComparison.Ordinal));

    /// <summary>Data that runs an action while it is serialized.</summary>
    private sealed record Interrupted([property: JsonIgnore] Action Happen)
    {
        public int Value
        {
            get
            {
                Happen();
                return 1;
            }
        }
    }
}
