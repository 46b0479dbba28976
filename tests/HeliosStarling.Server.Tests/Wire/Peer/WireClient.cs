using System.Buffers.Binary;
using System.Net.Sockets;
using HeliosStarling.Framing;

namespace HeliosStarling.Wire;

/// <summary>A WebSocket client that does not use the library: it sends bytes and reads frames.</summary>
internal sealed partial class WireClient(WireServer server, Stream stream, ByteReader input, HttpReply upgrade) : IAsyncDisposable
{
    /// <summary>The server's answer to the upgrade request.</summary>
    public HttpReply Upgrade => upgrade;

    public Task SendBytesAsync(ReadOnlyMemory<byte> bytes) => stream.WriteAsync(bytes).AsTask().InTime();

    public Task SendAsync(params IEnumerable<ClientFrame> frames) => SendBytesAsync(ClientFrame.Join(frames));

    public Task SendTextAsync(string text) => SendAsync(ClientFrame.Text(text));

    public async Task<ServerFrame> ReadFrameAsync()
    {
        var head = await input.TakeAsync(2);
        // RFC 6455 sections 5.1 and 5.2: a server's frames are not masked and use no reserved bit. This server never fragments.
        Assert.Equal(0x80, head[0] & 0xF0);
        Assert.Equal(0, head[1] & 0x80);
        return new ServerFrame((byte)(head[0] & 0x0F), await input.TakeAsync(await ReadLengthAsync(head[1])));
    }

    /// <summary>The next frame; null when the server has ended the connection cleanly.</summary>
    public async Task<ServerFrame?> TryReadFrameAsync() => await input.HasEndedAsync() ? null : await ReadFrameAsync();

    /// <summary>Reads a text. Answers pings with a payload, which ask for a sign of life.</summary>
    public async Task<string> ReadTextAsync()
    {
        var frame = await ReadFrameAsync();
        for (; frame is { Opcode: ServerFrame.PingOpcode, Payload.Length: > 0 }; frame = await ReadFrameAsync())
            await SendAsync(ClientFrame.Pong(frame.Payload));
        Assert.True(frame.Opcode == ServerFrame.TextOpcode, $"A text frame was due, but there came: {frame}");
        return frame.Text;
    }

    public async Task ExpectCloseAsync(int? code, string reason = "")
    {
        var frame = await ReadFrameAsync();
        Assert.True(frame.Opcode == ServerFrame.CloseOpcode, $"A close frame was due, but there came: {frame}");
        Assert.Equal((code, reason), (frame.CloseCode, frame.CloseReason));
    }

    /// <summary>Asserts that the transport ends without further bytes.</summary>
    public async Task ExpectEndAsync() => Assert.Empty(await input.TakeRestAsync());

    /// <summary>Ends the client's half of the socket.</summary>
    public void EndSending() => ((NetworkStream)stream).Socket.Shutdown(SocketShutdown.Send);

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<int> ReadLengthAsync(byte second) => second switch
    {
        126 => BinaryPrimitives.ReadUInt16BigEndian(await input.TakeAsync(2)),
        127 => checked((int)BinaryPrimitives.ReadUInt64BigEndian(await input.TakeAsync(8))),
        _ => second,
    };
}
