using System.Net.WebSockets;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A client's WebSocket connection. It reads messages into the session and sends the session's messages.</summary>
/// <remarks>One reader runs. A thread that has something to send writes itself (see <see cref="Connection"/>).</remarks>
internal sealed class ClientConnection(ClientSession session, WebSocket socket, TimeSpan closeTimeout) : Connection, IDisposable
{
    // Room for a welcome with the largest token, and more. MaxMessageSize does not apply, because it is for the application's messages.
    private const int MaxWelcomeSize = 64 * 1024;

    private readonly MessageBuffer _buffer = new(session.Engine.Buffers);
    private readonly TaskCompletionSource _closeSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abort = new(Timeout.InfiniteTimeSpan, session.Engine.Time);
    private CloseInfo? _closing;
    private int _goodbye;
    private bool _hasAsked;
    private bool _hasSaidGoodbye;

    /// <inheritdoc/>
    public override bool IsOpen => Volatile.Read(ref _closing) is null && socket.State == WebSocketState.Open;

    /// <summary>The server's close frame; null before it arrives.</summary>
    public CloseInfo? PeerClose => socket.CloseStatus is { } code ? new CloseInfo((int)code, socket.CloseStatusDescription ?? "") : null;

    /// <summary>Whether the goodbye was sent, so that the server may know that the client has left.</summary>
    public bool HasSaidGoodbye => Volatile.Read(ref _hasSaidGoodbye);

    /// <summary>Leaves for good when the server has acknowledged all messages (docs/protocol.md section 7, "Goodbye").</summary>
    /// <param name="reason">The reason of the close frame.</param>
    public void BeginGoodbye(string reason)
    {
        if (Interlocked.Exchange(ref _goodbye, 1) == 1) return;
        _ = SayGoodbyeAsync(reason);
        Wake();
    }

    /// <inheritdoc/>
    public override void BeginClose(int code, string reason)
    {
        if (Interlocked.CompareExchange(ref _closing, new CloseInfo(code, reason), null) is not null) return;
        // If the server does not answer the close frame in time, the connection is cut.
        _abort.CancelAfter(closeTimeout);
        Wake();
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        _closeSent.TrySetResult();
        session.Outbox.StopWaiting();
        _abort.Cancel();
    }

    /// <summary>Reads until the connection has ended.</summary>
    /// <returns>How it ended.</returns>
    public async Task<CloseInfo> RunAsync()
    {
        try
        {
            while (await ReceiveAsync().ConfigureAwait(false))
            {
            }
            BeginClose((int?)socket.CloseStatus ?? CloseInfo.NoCode, socket.CloseStatusDescription ?? "");
            await _closeSent.Task.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            session.Engine.Logger.ConnectionBroke(exception.Message);
            Abort();
        }
        _buffer.Release();
        await StopWritingAsync().ConfigureAwait(false);
        return Volatile.Read(ref _closing) ?? CloseInfo.Lost;
    }

    /// <summary>Reads the first message. To be called before <see cref="RunAsync"/>.</summary>
    /// <returns>The welcome; null when the first message is another one.</returns>
    public async Task<ServerWelcome?> ReadWelcomeAsync(CancellationToken cancellationToken)
    {
        // Closing the client aborts the wait for a silent server.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token, cancellationToken);
        try
        {
            var received = await ReadMessageAsync(MaxWelcomeSize, either.Token).ConfigureAwait(false);
            return received.MessageType == WebSocketMessageType.Text ? ServerWelcome.TryRead(_buffer.Message) : null;
        }
        finally
        {
            _buffer.Release();
        }
    }

    // The token source is not disposed, because a sender that fails late still cancels it.
    public void Dispose() => socket.Dispose();

    /// <inheritdoc/>
    protected override async ValueTask<bool> FlushAsync()
    {
        if (_closeSent.Task.IsCompleted) return false;
        // Read first: messages that were queued before the close frame must go before it.
        var close = Volatile.Read(ref _closing);
        for (var sent = 0; TryTake(out var frame); sent++)
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
        if (close is null)
        {
            await AskAsync().ConfigureAwait(false);
            return false;
        }
        var status = close.Code == CloseInfo.NoCode ? WebSocketCloseStatus.NormalClosure : (WebSocketCloseStatus)close.Code;
        await socket.CloseOutputAsync(status, close.Reason, _abort.Token).ConfigureAwait(false);
        _closeSent.TrySetResult();
        return false;
    }

    /// <inheritdoc/>
    protected override void OnFlushFailed(Exception exception) => Abort();

    private async Task SayGoodbyeAsync(string reason)
    {
        await session.Outbox.WhenAcknowledged().ConfigureAwait(false);
        if (!session.Ledger.TryStopCounting(this)) return;
        Volatile.Write(ref _hasSaidGoodbye, true);
        BeginClose(CloseCode.Normal, reason);
    }

    /// <summary>Asks the server for an acknowledgement after the last message of a client that leaves.</summary>
    private async ValueTask AskAsync()
    {
        if (Volatile.Read(ref _goodbye) == 0 || _hasAsked) return;
        _hasAsked = true;
        var ping = session.Engine.Encoder.Ping();
        try
        {
            await socket.SendAsync(ping.Message, WebSocketMessageType.Text, endOfMessage: true, _abort.Token).ConfigureAwait(false);
        }
        finally
        {
            ping.Release();
        }
    }

    /// <summary>Receives one message. Returns false at the end.</summary>
    private async Task<bool> ReceiveAsync()
    {
        var limit = session.Engine.MaxMessageSize;
        var received = await ReadMessageAsync(limit, _abort.Token).ConfigureAwait(false);
        if (_buffer.Length > limit) return await ReadPastAsync(received).ConfigureAwait(false);
        if (received.MessageType != WebSocketMessageType.Close && IsOpen) Deliver(received.MessageType);
        _buffer.Release();
        return received.MessageType != WebSocketMessageType.Close;
    }

    /// <summary>Skips the rest of a message that is too large. Returns false when it is far too large.</summary>
    private async ValueTask<bool> ReadPastAsync(ValueWebSocketReceiveResult received)
    {
        var unread = new UnreadMessage(socket, session.Engine, received.MessageType == WebSocketMessageType.Text, _buffer.Message);
        _buffer.Release();
        if (!received.EndOfMessage) await unread.ReadPastAsync(_abort.Token).ConfigureAwait(false);
        if (unread.IsCutShort) return false;
        if (!unread.IsFarTooLarge)
        {
            if (IsOpen) Deliver(received.MessageType, unread);
            return true;
        }
        if (IsOpen) session.Client.Dispatcher.CountFaulty(session, this, unread.Start, unread.Size);
        BeginClose(CloseCode.TooLarge, "message too large");
        return false;
    }

    private async ValueTask<ValueWebSocketReceiveResult> ReadMessageAsync(int limit, CancellationToken cancellationToken)
    {
        // A zero-byte receive, because an idle connection must not hold a buffer. It also completes for an empty message.
        var received = await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        while (received is { MessageType: not WebSocketMessageType.Close, EndOfMessage: false } && _buffer.Length <= limit)
        {
            received = await socket.ReceiveAsync(_buffer.GetFree(), cancellationToken).ConfigureAwait(false);
            _buffer.Advance(received.Count);
        }
        return received;
    }

    private void Deliver(WebSocketMessageType type, UnreadMessage? unread = null)
    {
        var dispatcher = session.Client.Dispatcher;
        Cork();
        try
        {
            if (unread is not null) dispatcher.ReceiveTooLarge(session, this, unread.Start, unread.Size, unread.IsText);
            else if (type == WebSocketMessageType.Text) dispatcher.ReceiveText(session, this, _buffer.Message);
            else dispatcher.ReceiveBinary(session, this, _buffer.Message);
        }
        finally
        {
            session.Ledger.EndBatch(this);
            Uncork();
        }
    }
}
