using System.Net.WebSockets;
using HeliosStarling.Protocol;
using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>One WebSocket of a client: reads messages into the session and sends what the session has to say.</summary>
/// <remarks>One reader runs; whoever has something to send writes (see <see cref="Connection"/>).</remarks>
internal sealed class ClientConnection(ClientSession session, WebSocket socket, TimeSpan closeTimeout) : Connection, IDisposable
{
    private readonly MessageBuffer _buffer = new(session.Engine.Buffers, session.Engine.MaxMessageSize);
    private readonly TaskCompletionSource _closeSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abort = new(Timeout.InfiniteTimeSpan, session.Engine.Time);
    private CloseInfo? _closing;

    /// <inheritdoc/>
    public override bool IsOpen => Volatile.Read(ref _closing) is null && socket.State == WebSocketState.Open;

    /// <inheritdoc/>
    public override void BeginClose(int code, string reason)
    {
        if (Interlocked.CompareExchange(ref _closing, new CloseInfo(code, reason), null) is not null) return;
        // A server that does not answer the close frame is left alone after a while.
        _abort.CancelAfter(closeTimeout);
        Wake();
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        _closeSent.TrySetResult();
        _abort.Cancel();
    }

    /// <summary>Reads until the connection has ended.</summary>
    /// <returns>How it ended.</returns>
    public async Task<CloseInfo> RunAsync()
    {
        try
        {
            while (await ReceiveAsync().ConfigureAwait(false) is not WebSocketMessageType.Close)
            {
            }
            var code = (int?)socket.CloseStatus ?? CloseInfo.NoCode;
            BeginClose(code, socket.CloseStatusDescription ?? "");
            await _closeSent.Task.ConfigureAwait(false);
            return _closing!;
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            session.Engine.Logger.ConnectionBroke(exception.Message);
            return Volatile.Read(ref _closing) ?? CloseInfo.Lost;
        }
        finally
        {
            _buffer.Release();
        }
    }

    // The token source is left to the collector: a sender that fails late still cancels it.
    public void Dispose() => socket.Dispose();

    /// <inheritdoc/>
    protected override async ValueTask<bool> FlushAsync()
    {
        if (_closeSent.Task.IsCompleted) return false;
        for (var sent = 0; session.Outbox.TryTake(out var frame); sent++)
        {
            try
            {
                var type = frame.Kind == FrameKind.Binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
                await socket.SendAsync(frame.Message, type, endOfMessage: true, _abort.Token).ConfigureAwait(false);
            }
            finally
            {
                frame.Release();
            }
            if (sent == FlushLimit) return true;
        }
        if (Volatile.Read(ref _closing) is not { } close) return false;
        var status = close.Code == CloseInfo.NoCode ? WebSocketCloseStatus.NormalClosure : (WebSocketCloseStatus)close.Code;
        await socket.CloseOutputAsync(status, close.Reason, _abort.Token).ConfigureAwait(false);
        _closeSent.TrySetResult();
        return false;
    }

    /// <inheritdoc/>
    protected override void OnFlushFailed(Exception exception) => Abort();

    private async Task<WebSocketMessageType> ReceiveAsync()
    {
        // Wait without a buffer, which an idle connection would hold for hours.
        var received = await socket.ReceiveAsync(Memory<byte>.Empty, _abort.Token).ConfigureAwait(false);
        while (received.MessageType != WebSocketMessageType.Close)
        {
            received = await socket.ReceiveAsync(_buffer.GetFree(), _abort.Token).ConfigureAwait(false);
            _buffer.Advance(received.Count);
            if (received.EndOfMessage) break;
            if (!_buffer.IsTooLarge) continue;
            BeginClose(CloseCode.TooLarge, "message too large");
            return WebSocketMessageType.Close;
        }
        if (received.MessageType == WebSocketMessageType.Close || !IsOpen) return received.MessageType;
        Deliver(received.MessageType);
        return received.MessageType;
    }

    private void Deliver(WebSocketMessageType type)
    {
        Cork();
        try
        {
            if (type == WebSocketMessageType.Text) session.ReceiveText(_buffer.Message);
            else session.ReceiveBinary(_buffer.Message);
        }
        finally
        {
            Uncork();
            _buffer.Release();
        }
    }
}
