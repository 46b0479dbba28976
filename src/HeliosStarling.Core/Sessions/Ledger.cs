using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace HeliosStarling;

/// <summary>Which connection is linked to a session, and what both sides have counted (docs/protocol.md section 7).</summary>
/// <param name="engine">Makes acknowledgements.</param>
/// <param name="outbox">What the peer is sent.</param>
/// <param name="requests">Our requests that the peer has not answered.</param>
/// <remarks>
/// Safe to call concurrently. It locks on itself for counting, acknowledging and linking, so that they happen one after another. No application code
/// runs under the lock.
/// </remarks>
internal sealed class Ledger(Engine engine, Outbox outbox, RequestTable<ISentRequest> requests)
{
    // An acknowledgement is due after this much (rule 4), or when its time has come.
    private const int AckAfterMessages = 32;
    private const long AckAfterBytes = 256 * 1024;

    private const int EpochBytes = 12;

    private Connection? _connection;
    private string? _epoch;
    private ClientInstances _instances;
    private long _received;
    private long _unlinkedAt;
    private int _unacknowledged;
    private long _unacknowledgedBytes;
    private bool _isClosed;
    private bool _wasLinked;
    private bool _hasSpoken;
    private bool _hasStopped;

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
    /// <param name="session">The session that the ledger belongs to.</param>
    /// <param name="connection">The connection; it must not write before it is linked.</param>
    /// <param name="claim">What its client says.</param>
    /// <param name="welcome">Makes the first frame, under the lock; returns null when there is none to be sent. Nothing is linked when it throws.</param>
    /// <param name="lost">What a new epoch has left behind, to be reported; null when there is none.</param>
    public LinkResult TryLink(Session session, Connection connection, LinkClaim claim, Func<Welcome, Frame?> welcome, out LostMessages? lost)
    {
        Connection? previous;
        Task ready;
        lost = null;
        var now = engine.Encoder.Now;
        lock (this)
        {
            if (Judge_NeedsLock(in claim) is var verdict and not LinkOutcome.Linked) return LinkResult.Refused(verdict);
            previous = _connection;
            if (Continues_NeedsLock(in claim)) outbox.Continue(connection, claim.Received!.Value, missed => welcome(new Welcome(_epoch, _received, now, missed))!, claim.Limit);
            else
            {
                var epoch = claim.Resumes ? NewEpoch() : null;
                lost = Restart_NeedsLock(connection, epoch, Numbering.WhenQueued, welcome(new Welcome(epoch, 0, now, null)), claim.Limit);
            }
            _instances.Take(in claim);
            (connection.Session, _wasLinked) = (session, true);
            (_unacknowledged, _unacknowledgedBytes) = (0, 0);
            Volatile.Write(ref _connection, connection);
            // Asked for once it gets nothing more: else it could begin another batch unseen.
            if (previous is not null) _handled = _handled.IsCompleted ? previous.WhenReaderIsOut() : Task.WhenAll(_handled, previous.WhenReaderIsOut());
            ready = _handled;
        }
        return new LinkResult(LinkOutcome.Linked, previous, ready);
    }

    /// <summary>What <see cref="TryLink"/> would say now, without linking.</summary>
    public LinkOutcome Judge(LinkClaim claim)
    {
        lock (this) return Judge_NeedsLock(in claim);
    }

    /// <summary>Links a connection to a server, which has told the epoch and what it has counted (rules 3 and 5).</summary>
    /// <param name="session">The session that the ledger belongs to.</param>
    /// <param name="connection">The connection; no other one is linked.</param>
    /// <param name="epoch">The server's epoch; null when messages are not counted.</param>
    /// <param name="received">What the server has counted in it.</param>
    /// <param name="limit">The largest message that the server takes.</param>
    /// <param name="lost">What a new epoch has left behind, to be reported; null when there is none.</param>
    /// <returns>False when the server can't have counted that, or the conversation is over.</returns>
    public bool TryJoin(Session session, Connection connection, string? epoch, long received, int limit, out LostMessages? lost)
    {
        lost = null;
        lock (this)
        {
            var continues = epoch is not null && epoch == _epoch;
            if (_isClosed || (continues && !outbox.CanContinueFrom(received))) return false;
            connection.Session = session;
            if (continues) outbox.Continue(connection, received, null, limit);
            else lost = Restart_NeedsLock(connection, epoch, Numbering.WhenSent, null, limit);
            (_unacknowledged, _unacknowledgedBytes, _hasStopped) = (0, 0, false);
            Volatile.Write(ref _connection, connection);
        }
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
            outbox.Unlink(connection);
            return true;
        }
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
    public bool TryEnqueue(Connection to, Frame frame, out Enqueued sent)
    {
        sent = default;
        lock (this)
        {
            if (_connection == to)
            {
                sent = outbox.Enqueue(frame);
                return true;
            }
        }
        frame.Release();
        return false;
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
            outbox.EnqueueAck(connection, engine.Encoder.Ack(now, _received));
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

    /// <summary>Takes a message over from a connection: from now on it is handled.</summary>
    /// <param name="from">Where it came.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="weight">As how many messages it counts.</param>
    /// <returns>False when the connection is not linked any more.</returns>
    public bool TryCount(Connection from, long size, long weight = 1)
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

    /// <summary>Lets go of what the peer says it has (rule 4).</summary>
    public AckResult TakeAck(Connection from, long received)
    {
        lock (this) return outbox.Acknowledge(from, received);
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

    private LinkOutcome Judge_NeedsLock(in LinkClaim claim)
    {
        if (_isClosed) return LinkOutcome.Gone;
        if (_instances.Judge(in claim) is var verdict and not LinkOutcome.Linked) return verdict;
        return Continues_NeedsLock(in claim) && !(claim.Received is { } said && outbox.CanContinueFrom(said)) ? LinkOutcome.Impossible : LinkOutcome.Linked;
    }

    private bool Continues_NeedsLock(in LinkClaim claim) => claim.Resumes && _epoch is not null && claim.Epoch == _epoch;

    private bool Acknowledge(Connection connection)
    {
        var now = engine.Encoder.Now;
        lock (this)
        {
            if (_connection != connection || _unacknowledged == 0) return false;
            (_unacknowledged, _unacknowledgedBytes) = (0, 0);
            outbox.EnqueueAck(connection, engine.Encoder.Ack(now, _received));
            return true;
        }
    }

    private LostMessages Restart_NeedsLock(Connection connection, string? epoch, Numbering numbering, Frame? welcome, int limit)
    {
        // First of all: else its writer could send a request after it was asked what is sent.
        if (_connection is { } previous) outbox.Unlink(previous);
        var sent = requests.Where(static request => request.IsSent);
        _received = 0;
        Volatile.Write(ref _epoch, epoch);
        return new LostMessages(sent, outbox.Restart(connection, epoch is null ? Numbering.None : numbering, () => welcome, limit));
    }

    private static string NewEpoch() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(EpochBytes));
}
