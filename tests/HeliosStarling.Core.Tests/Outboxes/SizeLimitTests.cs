using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Queued messages for a peer that reconnects with a lower size limit.</summary>
public class SizeLimitTests
{
    private const int Limit = 400;

    private static readonly string s_large = new('x', Limit);

    private readonly Peer _peer = new();

    [Fact]
    public void Link_WithALowerLimit_LeavesAGapForALargeNotification()
    {
        var epoch = Link(new RecordingConnection(), int.MaxValue, out _);
        Notify("a:a", s_large);
        Notify("a:b", "small");

        var second = new RecordingConnection();
        Assert.Equal(epoch, Link(second, Limit, out var missed, epoch));
        second.Wake();

        Assert.Equal(1, missed);
        Assert.Equal(
            ["connection:missed", "a:b"],
            second.Sent.Select(message => message.GetProperty("notification").GetProperty("topic").GetString()));
    }

    [Fact]
    public void Link_WithALowerLimit_FailsALargeAnswerInItsPlace()
    {
        _peer.Method("text:get", context =>
        {
            context.Success(s_large);
            return default;
        });
        var first = new RecordingConnection();
        var epoch = Link(first, int.MaxValue, out _);
        var id = Ask(first, "text:get");
        Notify("a:b", "small");

        var second = new RecordingConnection();
        Link(second, Limit, out var missed, epoch);
        second.Wake();

        Assert.Equal(0, missed);
        Assert.Equal(["response", "notification"], second.Sent.Select(message => message.GetProperty("type").GetString()));
        AssertRefused(second.Sent[0], id);
    }

    [Fact]
    public void Link_WithALowerLimit_FailsAStreamWithALargeItemAndCancelsIt()
    {
        CancellationToken cancelled = default;
        var gate = new TaskCompletionSource();
        _peer.Method("text:some", async context =>
        {
            cancelled = context.CancellationToken;
            await context.Request.NotifyAsync(WireNames.StreamItem, new SerializedJson(s_large, _peer.Engine.Types), isDroppable: false);
            await gate.Task;
        });
        var first = new RecordingConnection();
        var epoch = Link(first, int.MaxValue, out _);
        var id = Ask(first, "text:some");

        var second = new RecordingConnection();
        Link(second, Limit, out _, epoch);
        second.Wake();

        AssertRefused(second.Sent[0], id);
        Assert.True(SpinWait.SpinUntil(() => cancelled.IsCancellationRequested, TimeSpan.FromSeconds(30)));
        gate.SetResult();
    }

    [Fact]
    public async Task Link_WithALowerLimit_FailsALargeRequest()
    {
        var epoch = Link(new RecordingConnection(), int.MaxValue, out _);
        var request = _peer.Request<int>("ui:ask", s_large);

        Link(new RecordingConnection(), Limit, out _, epoch);

        Assert.Equal(ErrorCodes.RequestPayloadTooLarge, (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
    }

    [Fact]
    public void Join_WithALowerLimitOnASideThatNeverDrops_ReportsWhatIsLeftOut()
    {
        var peer = new Peer(outbox: new OutboxLimits(1000, 1024 * 1024, Policy: null));
        var session = new TestSession(peer.Engine) { Keeps = true };
        session.Send(peer.Engine.Encoder.Notification("a:a", new SerializedJson(s_large, peer.Engine.Types)));
        session.Send(peer.Engine.Encoder.Notification("a:b", new SerializedJson("small", peer.Engine.Types)));

        var connection = new RecordingConnection();
        Assert.True(session.TryJoin(connection, "e1", 0, Limit));
        connection.Wake();

        Assert.Contains(s_large, Assert.Single(session.Unconfirmed), StringComparison.Ordinal);
        Assert.Equal("a:b", connection.Single.GetProperty("notification").GetProperty("topic").GetString());
    }

    private string? Link(RecordingConnection connection, int limit, out long missed, string? epoch = null)
    {
        long? told = null;
        var link = _peer.Session.TryLink(connection, new LinkClaim(Resumes: true, epoch, 0, IsProven: true, Limit: limit), welcome =>
        {
            told = welcome.Missed;
            return null;
        });
        Assert.Equal(LinkOutcome.Linked, link.Outcome);
        missed = told ?? 0;
        return _peer.Session.Ledger.Epoch;
    }

    private void Notify(string topic, string data) =>
        _peer.Session.Send(_peer.Engine.Encoder.Notification(topic, new SerializedJson(data, _peer.Engine.Types)));

    private string Ask(RecordingConnection connection, string method)
    {
        var id = Guid.NewGuid().ToString();
        _peer.Session.Engine.Dispatcher.ReceiveText(_peer.Session, connection, JsonSerializer.SerializeToUtf8Bytes(
            new { protocol = "helios-starling", version = "1.0.0", timestamp = 1, type = "request", requestId = id, method }));
        return id;
    }

    private static void AssertRefused(JsonElement answer, string id)
    {
        Assert.Equal(("response", id, ErrorCodes.RequestPayloadTooLarge), (
            answer.GetProperty("type").GetString(),
            answer.GetProperty("requestId").GetString(),
            answer.GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(Limit, answer.GetProperty("error").GetProperty("details").GetProperty("limit").GetInt32());
    }
}
