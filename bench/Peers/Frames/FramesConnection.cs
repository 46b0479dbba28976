using HeliosStarling.Protocol;

namespace HeliosStarling.Peers;

/// <summary>
/// Reads as <see cref="WebSocketConnection"/> does and sends every message back unread. Shows the cost of framing, which is the upper limit
/// for Helios.
/// </summary>
internal sealed class FramesConnection(Stream stream) : IDisposable
{
    private static readonly BufferPool s_pool = new();

    private readonly FrameReader _reader = new(ProtocolLimits.DefaultMaxMessageSize, s_pool);
    private readonly EchoBatch _batch = new(s_pool);
    private bool _isClosing;

    /// <summary>Echoes until the connection has ended.</summary>
    /// <param name="early">Bytes that arrived together with the upgrade request.</param>
    public async Task RunAsync(ReadOnlyMemory<byte> early)
    {
        while (!early.IsEmpty)
        {
            var memory = _reader.GetMemory();
            var count = Math.Min(memory.Length, early.Length);
            early[..count].CopyTo(memory);
            _reader.Advance(count);
            early = early[count..];
            await EchoAsync();
        }
        while (!_isClosing && await ReadAsync()) await EchoAsync();
    }

    public void Dispose() => _reader.Dispose();

    private async ValueTask<bool> ReadAsync()
    {
        if (_reader.IsIdle)
        {
            // An idle connection holds no buffer, as in Helios.
            _reader.ReleaseIdleBuffer();
            _ = await (stream is SocketStream bare ? bare.WaitAsync() : stream.ReadAsync(Memory<byte>.Empty));
        }
        int count;
        if (stream is SocketStream socket) while (!socket.TryRead(_reader.GetMemory().Span, out count)) await socket.WaitAsync();
        else count = await stream.ReadAsync(_reader.GetMemory());
        _reader.Advance(count);
        return count > 0;
    }

    private ValueTask EchoAsync()
    {
        FrameStatus status;
        while ((status = _reader.TryRead(out var incoming)) == FrameStatus.Ready) Echo(in incoming);
        if (status == FrameStatus.Invalid) Close(new CloseInfo(_reader.Fault.Code, _reader.Fault.Reason));
        return _batch.WriteToAsync(stream);
    }

    private void Echo(in InboundFrame incoming)
    {
        switch (incoming.Kind)
        {
            case InboundFrameKind.Text:
                _batch.Add(Opcode.Text, incoming.Payload.Span);
                break;
            case InboundFrameKind.Binary:
                _batch.Add(Opcode.Binary, incoming.Payload.Span);
                break;
            case InboundFrameKind.Ping:
                _batch.Add(Opcode.Pong, incoming.Payload.Span);
                break;
            case InboundFrameKind.Close:
                Close(new CloseInfo(incoming.CloseCode == 0 ? CloseInfo.NoCode : incoming.CloseCode, incoming.CloseReason));
                break;
            case InboundFrameKind.TooLarge:
                Close(new CloseInfo(CloseCode.TooLarge, "Message is too large"));
                break;
            default:
                break;
        }
    }

    private void Close(CloseInfo close)
    {
        if (!_isClosing) _batch.AddClose(close);
        _isClosing = true;
    }
}
