using System.Security.Claims;
using HeliosStarling.Protocol;
using Microsoft.AspNetCore.Http;

namespace HeliosStarling;

/// <summary>One WebSocket over a duplex byte stream: reads frames into its session and writes what the session has to say.</summary>
/// <remarks>One reader runs. The thread that has something to send writes (see <see cref="Connection"/>).</remarks>
internal sealed class WebSocketConnection : Connection, IDisposable
{
    // A peer whose frames cannot be read any more gets this long to read the close frame and to close, before the transport is cut.
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
    private long _halfComeSince;
    private long _userExpiresAt = long.MaxValue;
    private volatile bool _isBroken;
    private volatile bool _isReleased;

    /// <param name="dispatcher">Takes the messages that come.</param>
    /// <param name="stream">The bytes, both ways; its owner disposes of it.</param>
    /// <param name="abort">Cuts the transport under the stream.</param>
    /// <param name="isShared">Whether the stream is one of several on a transport.</param>
    /// <param name="turns">Where it waits when it asks for much.</param>
    /// <param name="options">Keep-alive and closing times.</param>
    /// <param name="party">Whom what comes is counted for.</param>
    public WebSocketConnection(
        Dispatcher dispatcher, Stream stream, Action abort, bool isShared, HeavyReaderQueue turns, HeliosOptions options, PartyMemory party)
    {
        var engine = dispatcher.Engine;
        (_dispatcher, _engine, _stream, _abort) = (dispatcher, engine, stream, abort);
        (_time, _closeTimeout, _messageTimeout) = (engine.Time, options.ConnectionTimeout, options.MessageTimeout);
        _reader = new FrameReader(engine.MaxMessageSize, engine.Buffers, this, party);
        _liveness = new Liveness(_time, options.ConnectionTimeout, options.KeepAliveInterval, options.KeepAliveTimeout);
        _sender = new FrameSender(stream, this, party, _liveness);
        _input = new ConnectionInput(this, stream, _reader, _liveness, turns, engine);
        _beforeLink = new BeforeLink(this, _input, _reader, isShared, engine, options.ConnectionTimeout);
    }

    /// <summary>What is under the stream, or the stream itself; null when that is no socket of ours.</summary>
    public SocketStream? Socket { get; init; }

    /// <summary>Ends sending alone, for a transport without socket; null when it cannot.</summary>
    public Func<Task>? EndSending { get; init; }

    /// <summary>Whether the transport is its owner's again.</summary>
    public bool HasEnded => _isReleased;

    /// <summary>Who opened the connection, or what renewed it; null when nobody said who that is.</summary>
    public ClaimsPrincipal? User { get; set; }

    /// <summary>Where the connection came in, whose schemes check another ticket; null behind the lean listener.</summary>
    public Endpoint? Endpoint { get; init; }

    /// <summary>When the authentication of the client that opened the connection ends; null when it does not.</summary>
    public DateTimeOffset? UserExpiresAt
    {
        get => Volatile.Read(ref _userExpiresAt) is var ticks && ticks == long.MaxValue ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
        set => Volatile.Write(ref _userExpiresAt, value?.UtcTicks ?? long.MaxValue);
    }

    /// <summary>Whether that time has come.</summary>
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
    /// The first half of <see cref="BeginClose"/>: takes no message any more, while answers to those taken are still sent.
    /// </summary>
    /// <returns>False when the connection is being closed already.</returns>
    public bool TryStopTaking(int code, string reason)
    {
        if (Interlocked.CompareExchange(ref _closing, new CloseInfo(code, reason), null) is not null) return false;
        _beforeLink.GiveUp();
        return true;
    }

    /// <summary>The second half of <see cref="BeginClose"/>: sends the close frame behind all that is queued.</summary>
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
        // Once released, the transport may serve another connection.
        lock (_sender)
        {
            if (!_isReleased) _abort();
        }
    }

    /// <summary>Asks the client for a sign of life, before the connection is linked and any of its messages is read.</summary>
    /// <param name="within">How long it has.</param>
    /// <returns>False when it gave none.</returns>
    public Task<bool> ProveAliveAsync(TimeSpan within) => _beforeLink.ProveAliveAsync(within, proof =>
    {
        _sender.Controls.Ping(proof.Payload);
        Wake();
    });

    /// <summary>Reads until the connection has ended.</summary>
    /// <param name="early">Bytes that came right behind the upgrade request.</param>
    /// <param name="ready">Completes when the first message may be handled.</param>
    /// <returns>How it ended. The transport is then nobody's but its owner's.</returns>
    public async Task<CloseInfo> RunAsync(ReadOnlyMemory<byte> early, Task ready)
    {
        var isEarly = !early.IsEmpty;
        _input.Keep(early);
        while (IsReadable && (isEarly || await _input.ReadAsync().ConfigureAwait(false)))
        {
            isEarly = false;
            if (!ready.IsCompleted && !await _beforeLink.BufferUntilAsync(ready).ConfigureAwait(false)) break;
            for (var isMore = false; ; isMore = true)
            {
                if (_input.Cost >= ConnectionInput.Turn) await _input.TakeTurnAsync(Socket, isMore).ConfigureAwait(false);
                if (!ReceiveBatch()) break;
            }
        }
        // A peer that has ended its half still gets the close frame that is on its way.
        if (!IsReadable || Volatile.Read(ref _closingSince) != 0) await _sender.Ended.ConfigureAwait(false);
        else Abort();
        if (_reader.Fault.Code != 0 || _reader.HasMoreBehindClose) await LingerAsync().ConfigureAwait(false);
        _isBroken = true;
        await StopWritingAsync().ConfigureAwait(false);
        lock (_sender) _isReleased = true;
        return _closing ?? CloseInfo.Lost;
    }

    /// <summary>Gives the buffers back, once <see cref="RunAsync"/> has ended.</summary>
    public void Dispose()
    {
        _reader.Dispose();
        _sender.Controls.Clear();
    }

    /// <summary>Called about once a second: pings the silent, gives up on the dead and on those who do not close.</summary>
    public void OnTick()
    {
        if (Volatile.Read(ref _closing) is not null)
        {
            if (Volatile.Read(ref _closingSince) is not 0 and var closingSince
                && _time.GetElapsedTime(closingSince) >= (_reader.Fault.Code == 0 ? _closeTimeout : s_faultLinger)) Abort();
            return;
        }
        // The welcome comes first.
        if (Session is null) return;
        if (Volatile.Read(ref _halfComeSince) is not 0 and var since && _time.GetElapsedTime(since) >= _messageTimeout)
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
    /// Ends sending behind the close frame, then reads past what comes until the peer has closed too: closing with bytes unread would reset
    /// the connection, and take the close frame from the peer.
    /// </summary>
    private async Task LingerAsync()
    {
        // Never while a read is under way, which TLS does not bear.
        var canEnd = !_isBroken && !_input.IsReading;
        var hasEndedSending = canEnd
            && await HalfClose.TryEndSendingAsync(_stream, Socket, EndSending, _engine.Logger).ConfigureAwait(false);
        for (var left = (long)_engine.MaxMessageSize * ProtocolLimits.TooLargeFactor; left > 0 && !HasPeerEnded(hasEndedSending);)
        {
            if (_input.Cost >= ConnectionInput.Turn) await _input.TakeTurnAsync(Socket, isMore: false).ConfigureAwait(false);
            var before = _input.Cost;
            if (!await _input.ReadAsync().ConfigureAwait(false)) return;
            left -= _input.Cost - before;
            _reader.TryRead(out _);
        }
    }

    // One that sends on behind its close frame sees that sending has ended, and ends too.
    private bool HasPeerEnded(bool hasEndedSending) => _reader.HasPeerClosed && !(hasEndedSending && _reader.HasMoreBehindClose);

    /// <summary>Handles what has come, and sends the answers together; true when there may be more of it.</summary>
    private bool ReceiveBatch()
    {
        Cork();
        try
        {
            var status = FrameStatus.Ready;
            var isNext = false;
            for (var left = ConnectionInput.Turn / ConnectionInput.CostOfMessage; left > 0
                && (status = _reader.TryRead(out var incoming)) == FrameStatus.Ready; left--)
            {
                Receive(in incoming);
                isNext |= !incoming.IsControl;
                _input.Cost += ConnectionInput.CostOfMessage;
            }
            if (status == FrameStatus.Invalid) Fail();
            WatchHalfCome(isNext);
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

    /// <summary>Lets a client go that leaves for good; the answer to its close frame waits until that is done.</summary>
    /// <returns>False when it does not leave for good, or only answers a close frame of this side.</returns>
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

    /// <summary>Notes since when a message is half come.</summary>
    /// <param name="isNext">Whether another one has been completed since.</param>
    private void WatchHalfCome(bool isNext)
    {
        if (_reader.IsIdle) _halfComeSince = 0;
        else if (isNext || _halfComeSince == 0) Volatile.Write(ref _halfComeSince, Math.Max(1, _time.GetTimestamp()));
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
                // A pong has done its work by coming; what comes behind our close frame is nobody's (RFC 6455 section 5.5.1).
                break;
        }
    }
}
