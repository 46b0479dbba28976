using HeliosStarling.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Testing;

public sealed class MockWebSocketTests : IAsyncDisposable
{
    private const string Ping = """{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"request","requestId":"0F8FAD5B-D9CB-469F-A165-70867728950E","method":"test:five"}""";

    private readonly Helios _server = Helios.Create(
        options => options.TimeProvider = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddSeconds(1)));

    public MockWebSocketTests() => _server.Method("test:five", () => 5);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task SendTextAsync_HandMadeRequest_AnswerIsExactlyThis()
    {
        await using var socket = new MockWebSocket(_server);

        await socket.SendTextAsync(Ping);

        Assert.Equal(
            """{"protocol":"helios-starling","version":"1.0.0","timestamp":1000,"type":"response","requestId":"0F8FAD5B-D9CB-469F-A165-70867728950E","success":true,"data":5}""",
            (await socket.ReceiveAsync()).Text);
    }

    [Fact]
    public async Task SendTextAsync_InFragments_IsOneMessage()
    {
        await using var socket = new MockWebSocket(_server);

        await socket.SendTextAsync(Ping[..20], endOfMessage: false);
        await socket.SendTextAsync(Ping[20..]);

        Assert.Equal(5, (await socket.ReceiveAsync()).Json.GetProperty("data").GetInt32());
    }

    [Fact]
    public async Task SendBinaryAsync_ServerSendsItBack_IsBinary()
    {
        _server.OnBinary(async context => await context.Starling.SendBinaryAsync(context.Data));
        await using var socket = new MockWebSocket(_server);

        await socket.SendBinaryAsync(new byte[] { 7, 8 }, endOfMessage: false);
        await socket.SendBinaryAsync(new byte[] { 9 });

        var message = await socket.ReceiveAsync();
        Assert.True(message.IsBinary);
        Assert.Equal([7, 8, 9], message.Data.ToArray());
    }

    [Fact]
    public async Task SendRawAsync_UnmaskedFrame_ClosedWithProtocolError()
    {
        await using var socket = new MockWebSocket(_server);

        await socket.SendRawAsync(new byte[] { 0x81, 0x01, (byte)'a' });

        Assert.Equal(CloseCode.ProtocolError, (await socket.Closed.InTime()).Code);
    }

    [Fact]
    public async Task CloseAsync_CodeAndReason_ServerSeesThem()
    {
        var disconnected = new TaskCompletionSource<StarlingDisconnected>();
        _server.Events.On("starling:disconnected", (StarlingDisconnected happened) => disconnected.SetResult(happened));
        await using var socket = new MockWebSocket(_server);

        var close = await socket.CloseAsync(3456, "enough");

        Assert.Equal(3456, close.Code);
        var happened = await disconnected.Task.InTime();
        Assert.Equal((3456, "enough"), (happened.Code, happened.Reason));
    }

    [Fact]
    public async Task Closed_ServerCloses_HasCodeAndReason()
    {
        await using var socket = new MockWebSocket(_server);

        await socket.Starling.CloseAsync(4321, "bye");

        Assert.Equal(new MockClose(4321, "bye"), await socket.Closed.InTime());
    }

    [Fact]
    public async Task DisconnectAsync_Connected_IsALostConnection()
    {
        await using var socket = new MockWebSocket(_server);

        await socket.DisconnectAsync();

        Assert.Equal(1006, (await socket.Closed).Code);
        Assert.Equal(0, _server.Starlings.ConnectedCount);
    }

    [Fact]
    public async Task PauseReading_OutboxOverflowsWithDisconnect_ClosedAsTooSlow()
    {
        await using var server = Helios.Create(
            options => (options.OutboxPolicy, options.MessageBufferSize) = (OutboxPolicy.Disconnect, 64));
        await using var socket = new MockWebSocket(server);
        socket.PauseReading();
        while (socket.Starling.IsConnected) await server.Starlings.BroadcastAsync("flood:now", new string('x', 4096));

        socket.ResumeReading();

        Assert.Equal(CloseCode.TooSlow, (await socket.Closed.InTime()).Code);
    }

    [Fact]
    public async Task ReceiveAsync_ConnectionEnds_Throws()
    {
        await using var socket = new MockWebSocket(_server);
        var waiting = socket.ReceiveAsync();

        await socket.CloseAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => waiting.InTime());
    }
}
