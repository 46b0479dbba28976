using System.Security.Claims;
using HeliosStarling.Protocol;
using Microsoft.AspNetCore.Http;

namespace HeliosStarling;

/// <summary>A WebSocket over a duplex byte stream. It reads frames into its session and writes the session's frames.</summary>
/// <remarks>One reader runs. A thread that has something to send writes itself (see <see cref="Connection"/>).</remarks>
internal sealed class WebSocketConnection : Connection, IDisposable
{
    // After a broken frame the peer has this long to read the close frame and to close. Then the transport is cut.
    private static readonly TimeSpan s_faultLinger = TimeSpan.FromSeconds(1);

    private readonly Dispatcher _dispatcher;
    private readonly Engine _engine;
    private readonly Stream _stream;
    private readonly Action _abort;
    private readonly TimeProvider _time;
    private readonly TimeSpan _closeTimeout;
    private readonly TimeSpan _messageTimeout;
    private readonly FrameReader _reader;
    private readonly FrameSender _sender;
    private readonly Liveness _liveness;
    private readonly ConnectionInput _input;
    private readonly BeforeLink _beforeLink;
    private CloseInfo? _closing;
    private long _closingSince;
    private CloseInfo? _peerClose;
    private long _incompleteSince;
    private long _userExpiresAt = long.MaxValue;
    private volatile bool _isBroken;
    private volatile bool _isReleased;

    /// <param name="dispatcher">Handles the messages that arrive.</param>
    /// <param name="stream">The stream. Its owner disposes it.</param>
    /// <param name="abort">Cuts the transport below the stream.</param>
    /// <param name="isShared">Whether the stream is one of several on a transport (HTTP/2).</param>
    /// <param name="heavyReaders">The queue for connections whose clients send much.</param>
    /// <param name="options">The keep-alive and closing times.</param>
    /// <param name="party">The party that received bytes are counted for.</param>
    public WebSocketConnection(
        Dispatcher dispatcher,
        Stream stream,
        Action abort,
        bool isShared,
        HeavyReaderQueue heavyReaders,
        HeliosOptions options,
        PartyMemory party)
    {
        var engine = dispatcher.Engine;
        (_dispatcher, _engine, _stream, _abort) = (dispatcher, engine, stream, abort);
        (_time, _closeTimeout, _messageTimeout) = (engine.Time, options.ConnectionTimeout, options.MessageTimeout);
        _reader = new FrameReader(engine.MaxMessageSize, engine.Buffers, this, party);
        _liveness = new Liveness(_time, options.ConnectionTimeout, options.KeepAliveInterval, options.KeepAliveTimeout);
        _sender = new FrameSender(stream, this, party, _liveness);
        _input = new ConnectionInput(this, stream, _reader, _liveness, heavyReaders, engine);
        _beforeLink = new BeforeLink(this, _input, _reader, isShared, engine, options.ConnectionTimeout);
    }

    /// <summary>The socket below the stream, or the stream itself; null when the transport has no socket of ours.</summary>
    public SocketStream? Socket { get; init; }

    /// <summary>Ends sending on a transport without a socket; null when it cannot.</summary>
    public Func<Task>? EndSending { get; init; }

    /// <summary>Whether the transport belongs to its owner again.</summary>
    public bool HasEnded => _isReleased;

    /// <summary>The user who opened the connection, or the renewed user; null when the user is unknown.</summary>
    public ClaimsPrincipal? User { get; set; }

    /// <summary>
    /// The endpoint that took the connection. Its authentication schemes check renewed tickets. Null with the lean listener.
    /// </summary>
    public Endpoint? Endpoint { get; init; }

    /// <summary>The time when the user's authentication ends; null when it does not end.</summary>
    public DateTimeOffset? UserExpiresAt
    {
        get => Volatile.Read(ref _userExpiresAt) is var ticks && ticks == long.MaxValue ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
        set => Volatile.Write(ref _userExpiresAt, value?.UtcTicks ?? long.MaxValue);
    }

    /// <summary>Whether the user's authentication has ended.</summary>
    public bool IsUserExpired =>
        Volatile.Read(ref _userExpiresAt) is var ticks && ticks != long.MaxValue && _time.GetUtcNow().UtcTicks >= ticks;

    /// <inheritdoc/>
    public override bool IsOpen => Volatile.Read(ref _closing) is null && !_isBroken;

    /// <inheritdoc/>
    public override void BeginClose(int code, string reason)
    {
        if (TryStopTaking(code, reason)) FinishClose();
    }

    /// <summary>
    /// The first half of <see cref="BeginClose"/>: handles no further messages. Answers to earlier messages are still sent.
    /// </summary>
    /// <returns>False when the connection is closing already.</returns>
    public bool TryStopTaking(int code, string reason)
    {
        if (Interlocked.CompareExchange(ref _closing, new CloseInfo(code, reason), null) is not null) return false;
        _beforeLink.GiveUp();
        return true;
    }

    /// <summary>The second half of <see cref="BeginClose"/>: sends the close frame after all queued messages.</summary>
    public void FinishClose()
    {
        Interlocked.CompareExchange(ref _closingSince, Math.Max(1, _time.GetTimestamp()), 0);
        _sender.Close(Volatile.Read(ref _closing)!);
        Wake();
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        _isBroken = true;
        _beforeLink.GiveUp();
        _sender.Stop();
        Session?.Outbox.StopWaiting();
        // After its release the transport may serve another connection.
        lock (_sender)
        {
            if (!_isReleased) _abort();
        }
    }

    /// <summary>Tests whether the client is alive, before the connection is linked and any of its messages is read.</summary>
    /// <param name="within">How long the client has to answer.</param>
    /// <returns>False when the client did not answer in time.</returns>
    public Task<bool> ProveAliveAsync(TimeSpan within) => _beforeLink.ProveAliveAsync(within, proof =>
    {
        _sender.Controls.Ping(proof.Payload);
        Wake();
    });

    /// <summary>Reads until the connection has ended.</summary>
    /// <param name="early">Bytes that came together with the upgrade request.</param>
    /// <param name="ready">Completes when the first message may be handled.</param>
    /// <returns>How the connection ended. From then on only the transport's owner uses the transport.</returns>
    public async Task<CloseInfo> RunAsync(ReadOnlyMemory<byte> early, Task ready)
    {
        var isEarly = !early.IsEmpty;
        _input.Append(early);
        while (IsReadable && (isEarly || await _input.ReadAsync().ConfigureAwait(false)))
        {
            isEarly = false;
            if (!ready.IsCompleted && !await _beforeLink.BufferUntilAsync(ready).ConfigureAwait(false)) break;
            for (var isMore = false; ; isMore = true)
            {
                if (_input.Cost >= ConnectionInput.TurnLimit) await _input.TakeTurnAsync(Socket, isMore).ConfigureAwait(false);
                if (!ReceiveBatch()) break;
            }
        }
        // A peer that has ended its sending still gets the close frame.
        if (!IsReadable || Volatile.Read(ref _closingSince) != 0) await _sender.Ended.ConfigureAwait(false);
        else Abort();
        if (_reader.Fault.Code != 0 || _reader.HasMoreBehindClose) await LingerAsync().ConfigureAwait(false);
        _isBroken = true;
        await StopWritingAsync().ConfigureAwait(false);
        lock (_sender) _isReleased = true;
        return _closing ?? CloseInfo.Lost;
    }

    /// <summary>Returns the buffers. Call it after <see cref="RunAsync"/> has ended.</summary>
    public void Dispose()
    {
        _reader.Dispose();
        _sender.Controls.Clear();
    }

    /// <summary>
    /// Called about once a second. Pings silent peers, closes dead ones, and aborts connections that do not finish closing.
    /// </summary>
    public void OnTick()
    {
        if (Volatile.Read(ref _closing) is not null)
        {
            if (Volatile.Read(ref _closingSince) is not 0 and var closingSince
                && _time.GetElapsedTime(closingSince) >= (_reader.Fault.Code == 0 ? _closeTimeout : s_faultLinger)) Abort();
            return;
        }
        // Before it is linked, the connection has sent no welcome and is not checked.
        if (Session is null) return;
        if (Volatile.Read(ref _incompleteSince) is not 0 and var since && _time.GetElapsedTime(since) >= _messageTimeout)
        {
            BeginClose(CloseCode.Policy, "a message took too long");
            return;
        }
        var verdict = _liveness.Check();
        if (verdict == LivenessVerdict.Dead) BeginClose(CloseCode.LivenessTimeout, "liveness timeout");
        if (verdict != LivenessVerdict.Ping) return;
        _sender.Controls.Ping();
        Wake();
    }

    /// <inheritdoc/>
    protected override ValueTask<bool> FlushAsync() => _sender.FlushAsync(FlushLimit);

    /// <inheritdoc/>
    protected override void OnFlushFailed(Exception exception) => Abort();

    private bool IsReadable => _peerClose is null && _reader.Fault.Code == 0;

    /// <summary>
    /// Ends sending after the close frame, then reads and discards until the peer has closed, too. Closing a socket with unread bytes would
    /// reset the connection, and the peer might lose the close frame.
    /// </summary>
    private async Task LingerAsync()
    {
        // TLS cannot be shut down while a read is pending.
        var canEnd = !_isBroken && !_input.IsReading;
        var hasEndedSending = canEnd
            && await HalfClose.TryEndSendingAsync(_stream, Socket, EndSending, _engine.Logger).ConfigureAwait(false);
        for (var left = (long)_engine.MaxMessageSize * ProtocolLimits.TooLargeFactor; left > 0 && !HasPeerEnded(hasEndedSending);)
        {
            if (_input.Cost >= ConnectionInput.TurnLimit) await _input.TakeTurnAsync(Socket, isMore: false).ConfigureAwait(false);
            var before = _input.Cost;
            if (!await _input.ReadAsync().ConfigureAwait(false)) return;
            left -= _input.Cost - before;
            _reader.TryRead(out _);
        }
    }

    // A peer that sends on after its close frame notices that sending has ended, and ends as well.
    private bool HasPeerEnded(bool hasEndedSending) => _reader.HasPeerClosed && !(hasEndedSending && _reader.HasMoreBehindClose);

    /// <summary>Handles a batch of messages and sends their answers together. Returns true when there may be more messages.</summary>
    private bool ReceiveBatch()
    {
        Cork();
        try
        {
            var status = FrameStatus.Ready;
            var hasCompleted = false;
            for (var left = ConnectionInput.TurnLimit / ConnectionInput.CostOfMessage; left > 0
                && (status = _reader.TryRead(out var incoming)) == FrameStatus.Ready; left--)
            {
                Receive(in incoming);
                hasCompleted |= !incoming.IsControl;
                _input.Cost += ConnectionInput.CostOfMessage;
            }
            if (status == FrameStatus.Invalid) Fail();
            TrackIncompleteMessage(hasCompleted);
            return status == FrameStatus.Ready;
        }
        catch (Exception exception)
        {
            _engine.Logger.ConnectionFaulted(exception);
            BeginClose(CloseCode.ServerFault, CloseReasons.ServerFault);
            return false;
        }
        finally
        {
            Session?.Ledger.EndBatch(this);
            Uncork();
        }
    }

    /// <summary>Takes the goodbye of a client that leaves for good. Its close frame is answered when the session has ended.</summary>
    /// <returns>False when the client does not leave for good, or its close frame answers ours.</returns>
    private bool TryTakeGoodbye(CloseInfo close)
    {
        if (close.Code != CloseCode.Normal
            || Volatile.Read(ref _closing) is not null
            || Session is not ILeavingSession session
            || !session.TryTakeGoodbye(this)) return false;
        TryStopTaking(close.Code, close.Reason);
        session.Leave(this);
        return true;
    }

    /// <summary>Records since when a message is incomplete.</summary>
    /// <param name="hasCompleted">Whether another message was completed in this batch.</param>
    private void TrackIncompleteMessage(bool hasCompleted)
    {
        if (_reader.IsIdle) _incompleteSince = 0;
        else if (hasCompleted || _incompleteSince == 0) Volatile.Write(ref _incompleteSince, Math.Max(1, _time.GetTimestamp()));
    }

    private void Fail()
    {
        if (_reader.IsFaultOfMessage && _closing is null && Session is { } session)
            _dispatcher.CountFaulty(session, this, _reader.FaultyStart.Bytes, _reader.FaultyStart.Size);
        BeginClose(_reader.Fault.Code, _reader.Fault.Reason);
    }

    private void Receive(in InboundFrame incoming)
    {
        switch (incoming.Kind)
        {
            case InboundFrameKind.Ping:
                _sender.Controls.Pong(incoming.Payload.Span);
                break;
            case InboundFrameKind.Close:
                _peerClose = new CloseInfo(incoming.CloseCode == 0 ? CloseInfo.NoCode : incoming.CloseCode, incoming.CloseReason);
                if (!TryTakeGoodbye(_peerClose)) BeginClose(_peerClose.Code, _peerClose.Reason);
                break;
            case InboundFrameKind.Text when _closing is null && Session is { } session:
                _dispatcher.ReceiveText(session, this, incoming.Payload);
                break;
            case InboundFrameKind.Binary when _closing is null && Session is { } session:
                _dispatcher.ReceiveBinary(session, this, incoming.Payload);
                break;
            case InboundFrameKind.TooLarge when _closing is null && Session is { } session:
                _dispatcher.ReceiveTooLarge(session, this, incoming.Payload, incoming.Size, incoming.IsText);
                break;
            default:
                // The arrival of a pong is enough. Frames after our close frame are ignored (RFC 6455 section 5.5.1).
                break;
        }
    }
}
