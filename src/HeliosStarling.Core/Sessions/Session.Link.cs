using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>Which transport is linked, and what was counted: docs/protocol.md section 7.</content>
internal abstract partial class Session
{
    // An acknowledgement is due after this much (rule 4), or when its time has come.
    private const int AckAfterMessages = 32;
    private const long AckAfterBytes = 256 * 1024;

    private const int EpochBytes = 12;

    // Locks on itself for counting, acknowledging and linking, which so happen one after another; never while application code runs.
    private Connection? _connection;
    private string? _epoch;
    private ClientInstances _instances;
    private long _received;
    private int _unacknowledged;
    private long _unacknowledgedBytes;
    private bool _isClosed;
    private bool _wasLinked;
    private bool _hasSpoken;
    private bool _hasStopped;
    private long _unlinkedAt;

    // Completes when the readers of all connections that were taken over from are out of their handlers.
    private Task _handled = Task.CompletedTask;

    /// <summary>The transport that is linked now; null while there is none.</summary>
    public Connection? Connection => Volatile.Read(ref _connection);

    /// <summary>The epoch in which messages are counted; null when they are not.</summary>
    public string? Epoch => Volatile.Read(ref _epoch);

    /// <summary>What was counted of the peer in this epoch.</summary>
    public long Received
    {
        get { lock (this) return _received; }
    }

    /// <summary>Whether the peer ever sent a message that counts: anything but acknowledgements and pings.</summary>
    public bool HasSpoken => Volatile.Read(ref _hasSpoken);

    /// <summary>Links a connection of a client, in one step that no read, send or other link falls into (rule 5, and "Takeover").</summary>
    /// <param name="connection">The connection; it must not write before it is linked.</param>
    /// <param name="claim">What its client says.</param>
    /// <param name="welcome">Makes the first frame, under the lock; returns null when there is none to be sent. Nothing is linked when it throws.</param>
    public LinkResult TryLink(Connection connection, LinkClaim claim, Func<Welcome, Frame?> welcome)
    {
        Connection? previous;
        Task ready;
        Lost? lost = null;
        var now = engine.Encoder.Now;
        lock (this)
        {
            if (Judge_NeedsLock(in claim) is var verdict and not LinkOutcome.Linked) return LinkResult.Refused(verdict);
            previous = _connection;
            if (Continues_NeedsLock(in claim)) Outbox.Continue(connection, claim.Received!.Value, missed => welcome(new Welcome(_epoch, _received, now, missed))!, claim.Limit);
            else
            {
                var epoch = claim.Resumes ? NewEpoch() : null;
                lost = Restart_NeedsLock(connection, epoch, Numbering.WhenQueued, welcome(new Welcome(epoch, 0, now, null)), claim.Limit);
            }
            _instances.Take(in claim);
            (connection.Session, _wasLinked) = (this, true);
            (_unacknowledged, _unacknowledgedBytes) = (0, 0);
            Volatile.Write(ref _connection, connection);
            // Asked for once it gets nothing more: else it could begin another batch unseen.
            if (previous is not null) _handled = _handled.IsCompleted ? previous.WhenReaderIsOut() : Task.WhenAll(_handled, previous.WhenReaderIsOut());
            ready = _handled;
        }
        lost?.Report(this);
        ReportOver();
        return new LinkResult(LinkOutcome.Linked, previous, ready);
    }

    /// <summary>What <see cref="TryLink"/> would say now, without linking.</summary>
    public LinkOutcome Judge(LinkClaim claim)
    {
        lock (this) return Judge_NeedsLock(in claim);
    }

    /// <summary>Links a connection to a server, which has told the epoch and what it has counted (rules 3 and 5).</summary>
    /// <param name="connection">The connection; no other one is linked.</param>
    /// <param name="epoch">The server's epoch; null when messages are not counted.</param>
    /// <param name="received">What the server has counted in it.</param>
    /// <param name="limit">The largest message that the server takes. Default any.</param>
    /// <returns>False when the server can't have counted that, or the conversation is over.</returns>
    public bool TryJoin(Connection connection, string? epoch, long received, int limit = int.MaxValue)
    {
        Lost? lost = null;
        lock (this)
        {
            var continues = epoch is not null && epoch == _epoch;
            if (_isClosed || (continues && !Outbox.CanContinueFrom(received))) return false;
            connection.Session = this;
            if (continues) Outbox.Continue(connection, received, null, limit);
            else lost = Restart_NeedsLock(connection, epoch, Numbering.WhenSent, null, limit);
            (_unacknowledged, _unacknowledgedBytes, _hasStopped) = (0, 0, false);
            Volatile.Write(ref _connection, connection);
        }
        lost?.Report(this);
        ReportOver();
        return true;
    }

    /// <summary>Unlinks a connection that has ended; false when another one is linked by now.</summary>
    public bool Unlink(Connection connection)
    {
        var now = engine.Time.GetTimestamp();
        lock (this)
        {
            if (_connection != connection) return false;
            Volatile.Write(ref _unlinkedAt, now);
            Volatile.Write(ref _connection, null);
            Outbox.Unlink(connection);
        }
        Outbox.StopWaiting();
        var isKept = KeepsWhileAway;
        if (!isKept) engine.Metrics.Dropped(Outbox.Clear(), DropReasons.ConnectionClosed);
        // Without counters there is no way back to what was sent, and to nothing where nobody comes back: it fails now rather than when its time is over.
        if (Epoch is null) FailOpen(isKept);
        return true;
    }

    /// <summary>Says for how long the peer has been away, to be appended to what came of that; empty while it is connected.</summary>
    public string DescribeAbsence()
    {
        if (Connection is not null) return "";
        var peer = engine.IsPeerServer ? "server" : "client";
        return Volatile.Read(ref _unlinkedAt) is not 0 and var since
            ? string.Create(CultureInfo.InvariantCulture, $": the {peer} has been disconnected for {engine.Time.GetElapsedTime(since).TotalSeconds:0.#} s")
            : $": the {peer} is not connected";
    }

    /// <summary>
    /// Queues a frame for the client of a connection, taking over one reference; false, and nothing is queued, when that one is not linked any
    /// more.
    /// </summary>
    public bool TrySend(Connection to, Frame frame)
    {
        Enqueued sent;
        lock (this)
        {
            if (_connection != to)
            {
                frame.Release();
                return false;
            }
            sent = Outbox.Enqueue(frame);
        }
        FinishSend(in sent, wake: true);
        return true;
    }

    /// <summary>Forgets what was counted, as somebody does who is not sure (rule 5): the next link begins a new epoch.</summary>
    public void ForgetEpoch()
    {
        lock (this) Volatile.Write(ref _epoch, "");
    }

    /// <summary>Counts nothing more on a connection, and acknowledges all that was counted: the last word before a close frame.</summary>
    /// <returns>False when the connection is not linked any more.</returns>
    public bool TryStopCounting(Connection connection)
    {
        var now = engine.Encoder.Now;
        lock (this)
        {
            if (_connection != connection) return false;
            if (_epoch is null) return true;
            _hasStopped = true;
            Outbox.EnqueueAck(connection, engine.Encoder.Ack(now, _received));
            return true;
        }
    }

    /// <summary>Acknowledges what was counted and is not acknowledged. To be called about once a second.</summary>
    public void AcknowledgeInTime()
    {
        if (Connection is not { } connection || !Acknowledge(connection)) return;
        connection.Wake();
    }

    /// <summary>The reader has come to the end of a batch: acknowledges if enough has come.</summary>
    public void EndBatch(Connection from)
    {
        if (_unacknowledged >= AckAfterMessages || _unacknowledgedBytes >= AckAfterBytes) Acknowledge(from);
        // Another connection has taken over meanwhile: the answers of this batch are its to send.
        if (Connection is { } current && current != from) current.Wake();
    }

    /// <summary>
    /// Counts a message that made its reader close (rule 1): else it would come again for ever. If it was the answer to a request, and only too large to be read, that
    /// request fails.
    /// </summary>
    /// <param name="from">Where it came.</param>
    /// <param name="start">Its first bytes, if it was too large; else none.</param>
    /// <param name="size">Its size, or how many bytes have come of it.</param>
    public void CountFaulty(Connection from, ReadOnlyMemory<byte> start, long size)
    {
        if (TryCount(from, 0) && !start.IsEmpty && MessageReader.TryFindRequestId(start, out var type, out var requestId)) FailUnread(type, requestId, size);
    }

    /// <summary>Hands the next frame to a connection, which releases it once it is sent.</summary>
    public bool TryTake(Connection connection, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Frame? frame)
    {
        if (!Outbox.TryTake(connection, out frame, out var missed)) return false;
        frame ??= engine.Encoder.OwnNotification("connection:missed"u8, new Details(("missed", missed)));
        if (frame.Kind == FrameKind.Token) frame = Renew(frame);
        engine.Metrics.Sent(frame.Content, frame.Size);
        return true;
    }

    /// <summary>Lets nobody link any more; false when somebody is linked and <paramref name="ifAway"/> is asked for.</summary>
    public bool TryEnd(bool ifAway)
    {
        lock (this)
        {
            if (_isClosed || (ifAway && _connection is not null)) return false;
            return _isClosed = true;
        }
    }

    /// <summary>Lets nobody link any more; false when another connection than this one is linked, or nobody could any more.</summary>
    public bool TryEnd(Connection linked)
    {
        lock (this)
        {
            if (_isClosed || _connection != linked) return false;
            return _isClosed = true;
        }
    }

    /// <summary>Lets nobody link any more; false when somebody was linked ever, or nobody could any more.</summary>
    public bool TryWithdraw()
    {
        lock (this)
        {
            if (_isClosed || _wasLinked) return false;
            return _isClosed = true;
        }
    }

    /// <summary>Whether messages are kept for a peer without connection.</summary>
    protected abstract bool KeepsWhileAway { get; }

    /// <summary>These messages were sent, and nobody will ever know whether they came (rule 7). Valid during the call.</summary>
    protected abstract void OnUnconfirmed(IReadOnlyList<Frame> frames);

    /// <summary>Puts the newest token in the place of a frame that stands for it; takes over the frame's reference.</summary>
    protected virtual Frame Renew(Frame token) => token;

    /// <summary>As how many messages a message counts: one, unless it reports a gap (rule 6).</summary>
    protected virtual long Weigh(in Message message) => 1;

    /// <summary>Takes a message over from a connection: from now on it is handled. False when the connection is not linked any more.</summary>
    private bool TryCount(Connection from, long size, long weight = 1)
    {
        if (Epoch is null)
        {
            if (Connection != from) return false;
            if (!_hasSpoken) Volatile.Write(ref _hasSpoken, true);
            return true;
        }
        lock (this)
        {
            if (_connection != from || _hasStopped) return false;
            _hasSpoken = true;
            _received += weight;
            _unacknowledged++;
            _unacknowledgedBytes += size;
            return true;
        }
    }

    private LinkOutcome Judge_NeedsLock(in LinkClaim claim)
    {
        if (_isClosed) return LinkOutcome.Gone;
        if (_instances.Judge(in claim) is var verdict and not LinkOutcome.Linked) return verdict;
        return Continues_NeedsLock(in claim) && !(claim.Received is { } said && Outbox.CanContinueFrom(said)) ? LinkOutcome.Impossible : LinkOutcome.Linked;
    }

    private bool Continues_NeedsLock(in LinkClaim claim) => claim.Resumes && _epoch is not null && claim.Epoch == _epoch;

    private bool Acknowledge(Connection connection)
    {
        var now = engine.Encoder.Now;
        lock (this)
        {
            if (_connection != connection || _unacknowledged == 0) return false;
            (_unacknowledged, _unacknowledgedBytes) = (0, 0);
            Outbox.EnqueueAck(connection, engine.Encoder.Ack(now, _received));
            return true;
        }
    }

    private void TakeAck(Connection from, in Message message)
    {
        var result = AckResult.Ignored;
        var received = message.Received ?? 0;
        if (message.Received is null) engine.Metrics.Ignored("ack");
        else lock (this) result = Outbox.Acknowledge(from, received);
        // One that acknowledges nothing is as good as any other message that nobody asked for.
        if (result != AckResult.Applied && !TryAdmit(out var excess)) RefuseExcess(default, excess);
        else if (result == AckResult.TooHigh) Refuse(AckTooHigh(received));
    }

    private Lost Restart_NeedsLock(Connection connection, string? epoch, Numbering numbering, Frame? welcome, int limit)
    {
        // First of all: else its writer could send a request after it was asked what is sent.
        if (_connection is { } previous) Outbox.Unlink(previous);
        var requests = Outbound.Where(static request => request.IsSent);
        _received = 0;
        Volatile.Write(ref _epoch, epoch);
        return new Lost(requests, Outbox.Restart(connection, epoch is null ? Numbering.None : numbering, () => welcome, limit));
    }

    private void FailOpen(bool exceptUnsent)
    {
        foreach (var request in Outbound.Where(request => request.IsSent || !exceptUnsent))
            request.Fail(new HeliosException(ErrorCodes.ConnectionClosed, "The connection ended before the answer came."));
    }

    private static Violation AckTooHigh(long received) => new()
    {
        Code = ErrorCodes.ProtocolViolation,
        Message = "The message is not a valid protocol message",
        Faults = [$"received: {received} is more than was sent"],
    };

    private static string NewEpoch() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(EpochBytes));

    /// <summary>What a new epoch leaves behind.</summary>
    /// <param name="Requests">Those that the peer may have run.</param>
    /// <param name="Frames">Those that it may have got, of which a reference is held.</param>
    private sealed record Lost(IReadOnlyList<StarlingRequest> Requests, List<Frame> Frames)
    {
        public void Report(Session session)
        {
            foreach (var request in Requests) request.Lose();
            session.Report(Frames);
        }
    }
}
