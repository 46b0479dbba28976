using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling;

public class InboundRequestRaceTests
{
    private const int Rounds = 400;

    [Fact]
    public async Task Answer_TimeoutAndCancelAtOnce_ExactlyOneTravels()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var time = new FakeTimeProvider();
            var peer = new Peer(time);
            var connection = peer.Record();
            var (gate, ended) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
            peer.Method("race:run", async context =>
            {
                _ = context.CancellationToken;
                await gate.Task;
                try
                {
                    context.Success(context.Payload.Read<string>());
                }
                finally
                {
                    ended.SetResult();
                }
            });
            var id = peer.Session.ReceiveRequest("race:run", "payload");

            using var barrier = new Barrier(3);
            Parallel.Invoke(
                () => After(barrier, gate.SetResult),
                () => After(barrier, () => time.Advance(peer.Engine.RequestTimeout)),
                () => After(barrier, () => peer.Session.ReceiveNotification("system:cancel", null, id)));
            await ended.Task.InTime();

            await Eventually.TrueAsync(() => connection.Sent.Count > 0 && peer.Engine.Buffers.Rented == 0);
            Assert.Equal(id, connection.Single.GetProperty("requestId").GetGuid());
            Assert.Equal(0, peer.Session.Inbound.Count);
        }
    }

    [Fact]
    public async Task Close_AnswerAtOnce_NothingIsHeld()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var peer = new Peer();
            var connection = peer.Record();
            var (gate, ended) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
            peer.Method("race:run", async context =>
            {
                await gate.Task;
                context.Success(1);
                ended.SetResult();
            });
            peer.Session.ReceiveRequest("race:run", "payload");

            using var barrier = new Barrier(2);
            Parallel.Invoke(() => After(barrier, gate.SetResult), () => After(barrier, peer.Session.Close));
            await ended.Task.InTime();

            Assert.True(connection.Sent.Count <= 1);
            await Eventually.TrueAsync(() => peer.Engine.Buffers.Rented == 0);
        }
    }

    [Fact]
    public async Task Request_AnswerTimeoutAndTokenAtOnce_EndsOnce()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var time = new FakeTimeProvider();
            var peer = new Peer(time);
            peer.Record();
            using var cancellation = new CancellationTokenSource();
            var request = peer.Request<int>("race:run", cancellationToken: cancellation.Token);

            using var barrier = new Barrier(3);
            Parallel.Invoke(
                () => After(barrier, () => time.Advance(peer.Engine.RequestTimeout)),
                () => After(barrier, cancellation.Cancel),
                () => After(barrier, () => peer.Session.Receive($$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"response","requestId":"{{request.Id}}","success":true,"data":1}""")));

            await Task.WhenAny(request.Answer).InTime();
            Assert.True(request.Answer.IsCompleted);
            Assert.Equal(0, peer.Session.Outbound.Count);
            await Eventually.TrueAsync(() => peer.Engine.Buffers.Rented == 0);
        }
    }

    private static void After(Barrier barrier, Action act)
    {
        barrier.SignalAndWait();
        act();
    }
}
