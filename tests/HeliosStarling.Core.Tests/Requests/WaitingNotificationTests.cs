using System.Runtime.CompilerServices;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Notifications of a request are bounded in bytes while they wait for application code.</summary>
public class WaitingNotificationTests
{
    private const int Budget = 64 * 1024;

    // The smallest charge for each item besides its data.
    private const int Overhead = 64;

    private readonly Peer _peer = new(limits: new RequestLimits { BytesPerPeer = Budget });
    private readonly RecordingConnection _connection;

    public WaitingNotificationTests() => _connection = _peer.Record();

    [Theory]
    [InlineData(1000)]
    [InlineData(1)]
    public async Task Stream_ItemsAreNotRead_FailsAtTheBudgetAndCancelsAtThePeer(int length)
    {
        var request = _peer.Request<object?>("count:up");
        await using var items = request.Stream<string>().GetAsyncEnumerator();
        var reading = items.MoveNextAsync();
        var text = new string('a', length);

        var sent = Flood(request, "stream:item", text);

        Assert.InRange(sent, 2, 2 + (Budget / (length + Overhead)));
        Assert.InRange(_peer.Engine.Buffers.Rented, 1, Budget);
        var cancel = _connection.Sent[^1];
        Assert.Equal("""{"topic":"system:cancel","data":{"reason":"overflow"}}""", cancel.GetProperty("notification").GetRawText());
        Assert.Equal(request.Id, cancel.GetProperty("requestId").GetGuid());
        var read = 0;
        for (var isMore = await reading; isMore; isMore = await MoveAsync()) read++;
        Assert.Equal(
            (sent - 1, ErrorCodes.RequestQueueFull), (read, (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code));
        Assert.Equal(0, _peer.Engine.Buffers.Rented);

        async Task<bool> MoveAsync()
        {
            try
            {
                return await items.MoveNextAsync().AsTask().InTime();
            }
            catch (HeliosException failure) when (failure.Code == ErrorCodes.RequestQueueFull)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Stream_OneRequestFailed_OthersAndTheConnectionLiveOn()
    {
        var (flooded, other) = (_peer.Request<object?>("count:up"), _peer.Request<int>("a:b"));
        var items = flooded.Stream<string>().GetAsyncEnumerator();
        var reading = items.MoveNextAsync();
        Flood(flooded, "stream:item", new string('a', 1000));

        await reading;
        await items.DisposeAsync();
        Answer(other.Id, "7");

        Assert.Equal(7, await other.InTime());
        Assert.Equal((0, true), (_peer.Engine.Buffers.Rented, _connection.IsOpen));
    }

    [Fact]
    public async Task Stream_LeftWithItemsUnread_GivesTheirBytesBack()
    {
        var request = _peer.Request<object?>("count:up");
        var items = request.Stream<int>().GetAsyncEnumerator();
        var reading = items.MoveNextAsync();
        for (var i = 0; i < 10; i++) _peer.Session.ReceiveNotification("stream:item", i, request.Id);
        await reading;
        Assert.NotEqual(0, _peer.Engine.Buffers.Rented);

        await items.DisposeAsync();

        Assert.Equal(0, _peer.Engine.Buffers.Rented);
    }

    [Fact]
    public async Task OnProgress_HandlerIsBusyElsewhere_FailsAtTheBudget()
    {
        using var gate = new Gate();
        var request = _peer.Request<object?>("work:run");
        _peer.Session.ReceiveNotification("progress", "early", request.Id);
        var listening = Task.Run(() => request.OnProgress<string>(_ => gate.Pass()));
        await gate.Entered.InTime();

        await Task.Run(() => Flood(request, "progress", new string('a', 1000))).InTime();

        Assert.Equal(ErrorCodes.RequestQueueFull, (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
        gate.Open();
        await listening.InTime();
        Assert.Equal((1, 0), (gate.Passed, _peer.Engine.Buffers.Rented));
    }

    [Fact]
    public async Task OnProgress_NobodyListensOrAwaits_ForgetsWhatCameAndGoesOn()
    {
        var request = _peer.Request<int>("work:run");

        for (var i = 0; i < 100; i++)
        {
            _peer.Session.ReceiveNotification("progress", new string('a', 1000), request.Id);
            Assert.InRange(_peer.Engine.Buffers.Rented, 0, Budget / 4);
        }

        Assert.Equal((0, 1), (_peer.Engine.Buffers.Rented, _peer.Session.Outbound.Count));
        var seen = new List<string>();
        request.OnProgress<string>(seen.Add);
        _peer.Session.ReceiveNotification("progress", "late", request.Id);
        Answer(request.Id, "7");
        Assert.Equal(7, await request.InTime());
        Assert.Equal(["late"], seen);
    }

    [Fact]
    public async Task Stream_ItemsWereForgottenBeforeItWasRead_Throws()
    {
        var request = _peer.Request<object?>("count:up");
        for (var i = 0; i < 100; i++) _peer.Session.ReceiveNotification("stream:item", new string('a', 1000), request.Id);

        var failure = await Assert.ThrowsAsync<HeliosException>(
            async () => await request.Stream<string>().GetAsyncEnumerator().MoveNextAsync().AsTask().InTime());

        Assert.Equal(ErrorCodes.RequestQueueFull, failure.Code);
        Assert.Equal("system:cancel", _connection.Sent[^1].GetProperty("notification").GetProperty("topic").GetString());
    }

    [Fact]
    public async Task Request_DroppedWithNotificationsUnread_GivesTheirBytesBackInTheEnd()
    {
        LeaveOne();

        await Eventually.TrueAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return _peer.Engine.Buffers.Rented == 0;
        });
        Assert.True(_peer.Session.Budget.TryCharge(Budget));

        [MethodImpl(MethodImplOptions.NoInlining)]
        void LeaveOne()
        {
            var request = _peer.Request<object?>("work:run");
            _peer.Session.ReceiveNotification("progress", "early", request.Id);
            Answer(request.Id, "null");
            Assert.NotEqual(0, _peer.Engine.Buffers.Rented);
        }
    }

    [Fact]
    public async Task Close_NotificationsUnread_GivesTheirBytesBack()
    {
        var request = _peer.Request<object?>("work:run");
        _peer.Session.ReceiveNotification("progress", "early", request.Id);

        _peer.Session.Close();

        Assert.Equal(0, _peer.Engine.Buffers.Rented);
        await Assert.ThrowsAsync<HeliosException>(() => request.InTime());
    }

    /// <summary>Sends notifications until the request has failed.</summary>
    /// <returns>The number.</returns>
    private int Flood(StarlingRequest request, string topic, string text)
    {
        var sent = 0;
        for (; sent < 10_000 && _peer.Session.Outbound.TryGet(request.Id, out _); sent++)
            _peer.Session.ReceiveNotification(topic, text, request.Id);
        return sent;
    }

    private void Answer(Guid id, string data) => _peer.Session.Receive(
        $$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"response","requestId":"{{id}}","success":true,"data":{{data}}}""");
}
