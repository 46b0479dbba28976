using HeliosStarling.Protocol;

namespace HeliosStarling;

public class SessionTests
{
    private readonly Peer _peer = new();
    private readonly RecordingConnection _connection;

    public SessionTests() => _connection = _peer.Record();

    [Fact]
    public void ReceiveText_NoJson_IsPlainText()
    {
        _peer.Session.Receive("hello");

        Assert.Equal(["hello"], _peer.Session.Texts);
    }

    [Fact]
    public void ReceiveText_OtherProtocol_IsJson()
    {
        _peer.Session.Receive("""{"protocol":"other"}""");

        Assert.Equal(["""{"protocol":"other"}"""], _peer.Session.Jsons);
    }

    [Fact]
    public void ReceiveText_ErrorMessage_IsDeliveredAndNeverAnswered()
    {
        _peer.Session.Receive("""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"error","error":{"severity":"protocol","code":"PROTOCOL_VIOLATION","message":"m"}}""");

        Assert.Equal(["PROTOCOL_VIOLATION"], _peer.Session.Errors);
        Assert.Empty(_connection.Sent);
    }

    [Fact]
    public void ReceiveText_BrokenErrorMessage_IsNeverAnswered()
    {
        _peer.Session.Receive("""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"error"}""");

        Assert.Empty(_connection.Sent);
    }

    [Fact]
    public void ReceiveText_Ping_IsAckedWithItsId()
    {
        _peer.Session.Receive("""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"ping","messageId":"0F8FAD5B-d9cb-469f-a165-70867728950e"}""");

        Assert.Equal("ack", _connection.Single.GetProperty("type").GetString());
        Assert.Equal("0F8FAD5B-d9cb-469f-a165-70867728950e", _connection.Single.GetProperty("messageId").GetString());
    }

    [Fact]
    public void ReceiveText_ResponseToNobody_IsIgnored()
    {
        _peer.Session.Receive($$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"response","requestId":"{{Guid.NewGuid()}}","success":true}""");

        Assert.Empty(_connection.Sent);
    }

    [Fact]
    public void ReceiveTooLarge_RequestIdInItsStart_AnswersThatRequest()
    {
        var id = Guid.NewGuid();

        _peer.Session.Engine.Dispatcher.ReceiveTooLarge(
            _peer.Session,
            _connection,
            System.Text.Encoding.UTF8.GetBytes($$"""{"protocol":"helios-starling","type":"request","requestId":"{{id}}","payload":"xxx"""),
            5_000_000,
            isText: true);
        _connection.Wake();

        Assert.Equal(id, _connection.Single.GetProperty("requestId").GetGuid());
        Assert.Equal("""{"size":5000000,"limit":1048576}""", _connection.Single.GetProperty("error").GetProperty("details").GetRawText());
    }

    [Fact]
    public void ReceiveTooLarge_Binary_IsAnErrorMessage()
    {
        _peer.Session.Engine.Dispatcher.ReceiveTooLarge(_peer.Session, _connection, new byte[100], 5_000_000, isText: false);
        _connection.Wake();

        Assert.Equal(
            ("error", ErrorCodes.RequestPayloadTooLarge),
            (_connection.Single.GetProperty("type").GetString(), _connection.Single.GetProperty("error").GetProperty("code").GetString()));
    }

    [Fact]
    public void Send_OverflowWithDisconnect_ClosesAsTooSlow()
    {
        var connection = new StuckConnection();
        var peer = new Peer(outbox: new OutboxLimits(1, 1024, OutboxPolicy.Disconnect)) { Session = { Linked = connection } };

        peer.Session.Send(peer.Engine.Encoder.Text("a"), wake: false);
        peer.Session.Send(peer.Engine.Encoder.Text("b"), wake: false);

        Assert.Equal(CloseCode.TooSlow, connection.ClosedWith);
    }

    [Fact]
    public async Task SendDirectAsync_NobodyConnected_SaysClosedAndHoldsNothing()
    {
        var peer = new Peer();

        Assert.Equal(SendResult.Closed, await peer.Session.SendDirectAsync(peer.Engine.Encoder.Text("a"), default));
        Assert.Equal(0, peer.Engine.Buffers.Rented);
    }

    [Fact]
    public async Task SendDirectAsync_ConnectionEndsWhileWaiting_Goes()
    {
        var peer = new Peer(outbox: new OutboxLimits(1, 1024, OutboxPolicy.DropOldest));
        var connection = new StuckConnection();
        peer.Session.Linked = connection;
        var waiting = peer.Session.SendDirectAsync(peer.Engine.Encoder.Text("a"), default).AsTask();
        Assert.False(waiting.IsCompleted);

        peer.Session.Unlink(connection);

        await waiting.InTime();
    }

    [Fact]
    public async Task SendDirectAsync_CancelledWhileWaiting_MessageStaysQueued()
    {
        var peer = new Peer(outbox: new OutboxLimits(1, 1024, OutboxPolicy.DropOldest)) { Session = { Linked = StuckConnection.Instance } };
        using var cancellation = new CancellationTokenSource();
        var waiting = peer.Session.SendDirectAsync(peer.Engine.Encoder.Text("a"), cancellation.Token).AsTask();

        cancellation.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.InTime());
        Assert.Equal(["a"], peer.Session.Outbox.TakeAll());
    }

    [Fact]
    public async Task SendDirectAsync_Closed_SaysSo()
    {
        _peer.Session.Close();

        Assert.Equal(SendResult.Closed, await _peer.Session.SendDirectAsync(_peer.Engine.Encoder.Text("a"), default));
        Assert.Equal(0, _peer.Engine.Buffers.Rented);
    }

    [Fact]
    public void ReceiveText_PingsWithoutEndAndNothingIsRead_ConnectionIsClosedAsTooSlow()
    {
        var connection = new StuckConnection();
        _peer.Session.Unlink(_connection);
        _peer.Session.Linked = connection;
        var pings = 0;

        for (; pings < 10_000 && connection.ClosedWith == 0; pings++)
            _peer.Session.Receive(
                $$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"ping","messageId":"{{Guid.NewGuid()}}"}""");

        Assert.Equal(CloseCode.TooSlow, connection.ClosedWith);
        Assert.InRange(pings, 100, 1000);
        Assert.InRange(_peer.Engine.Buffers.Rented, 0, 64 * 1024);
    }
}
