using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace HeliosStarling;

/// <summary>Links connections to a session, and counts and acknowledges messages (docs/protocol.md section 7).</summary>
/// <param name="engine">Encodes acknowledgements.</param>
/// <param name="outbox">The outbox of the session.</param>
/// <param name="requests">The requests of this side that are not answered.</param>
/// <remarks>
/// Safe to call concurrently. Locks on itself, so that counting, acknowledging and linking happen one after another. No application code
/// runs under the lock.
/// </remarks>
internal sealed class Ledger(Engine engine, Outbox outbox, RequestTable<ISentRequest> requests)
{
    // An acknowledgement is sent after this number of messages or bytes (rule 4), or after about a second.
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

    // Completes when the readers of all replaced connections have processed their last batch.
    private Task _handled = Task.CompletedTask;

    /// <summary>The connection that is linked now; null when there is none.</summary>
    public Connection? Connection => Volatile.Read(ref _connection);

    /// <summary>The current epoch; null when messages are not counted.</summary>
    public string? Epoch => Volatile.Read(ref _epoch);

    /// <summary>The number of messages of the peer that were counted in this epoch.</summary>
    public long Received
    {
        get { lock (this) return _received; }
    }

    /// <summary>
    /// Indicates whether the peer has ever sent a message that counts, which is any message except acknowledgements and pings.
    /// </summary>
    public bool HasSpoken => Volatile.Read(ref _hasSpoken);

    /// <summary>Links a connection of a client in one atomic step (rule 5, and "Takeover").</summary>
    /// <param name="session">The session of this ledger.</param>
    /// <param name="connection">The connection. It must not write before it is linked.</param>
    /// <param name="claim">The values that the client sent.</param>
    /// <param name="welcome">Creates the first frame under the lock, or returns null when there is none. If it throws, nothing is
    /// linked.</param>
    /// <param name="lost">The unconfirmed messages of the old epoch, to be reported; null when the epoch continues.</param>
    public LinkResult TryLink(
        Session session, Connection connection, LinkClaim claim, Func<Welcome, Frame?> welcome, out LostMessages? lost)
    {
        Connection? previous;
        Task ready;
        lost = null;
        var now = engine.Encoder.Now;
        lock (this)
        {
            if (Judge_NeedsLock(in claim) is var verdict and not LinkOutcome.Linked) return LinkResult.Refused(verdict);
            previous = _connection;
            if (Continues_NeedsLock(in claim)) outbox.Continue(
                connection, claim.Received!.Value, missed => welcome(new Welcome(_epoch, _received, now, missed))!, claim.Limit);
            else
            {
                var epoch = claim.Resumes ? NewEpoch() : null;
                lost = Restart_NeedsLock(connection, epoch, Numbering.WhenQueued, welcome(new Welcome(epoch, 0, now, null)), claim.Limit);
            }
            _instances.Record(in claim);
            (connection.Session, _wasLinked) = (session, true);
            (_unacknowledged, _unacknowledgedBytes) = (0, 0);
            Volatile.Write(ref _connection, connection);
            // This comes after the new connection is linked. Otherwise, the old reader could begin another batch after this check.
            if (previous is not null)
                _handled = _handled.IsCompleted ? previous.WhenBatchEnded() : Task.WhenAll(_handled, previous.WhenBatchEnded());
            ready = _handled;
        }
        return new LinkResult(LinkOutcome.Linked, previous, ready);
    }

    /// <summary>Returns the outcome that <see cref="TryLink"/> would have now, without linking.</summary>
    public LinkOutcome Judge(LinkClaim claim)
    {
        lock (this) return Judge_NeedsLock(in claim);
    }

    /// <summary>Links a connection to a server that has sent its epoch and its counter (rules 3 and 5).</summary>
    /// <param name="session">The session of this ledger.</param>
    /// <param name="connection">The connection. No other one may be linked.</param>
    /// <param name="epoch">The epoch of the server; null when messages are not counted.</param>
    /// <param name="received">The number of messages that the server has counted in the epoch.</param>
    /// <param name="limit">The message size limit of the server.</param>
    /// <param name="lost">The unconfirmed messages of the old epoch, to be reported; null when the epoch continues.</param>
    /// <returns>False when the server cannot have counted this number, or the conversation is over.</returns>
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

    /// <summary>Unlinks a connection that has ended. Returns false when another one is linked.</summary>
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

    /// <summary>Returns a text for error messages about how long the peer has been disconnected; empty while it is connected.</summary>
    public string DescribeAbsence()
    {
        if (Connection is not null) return "";
        var peer = engine.IsPeerServer ? "server" : "client";
        return Volatile.Read(ref _unlinkedAt) is not 0 and var since
            ? string.Create(
                CultureInfo.InvariantCulture,
                $": the {peer} has been disconnected for {engine.Time.GetElapsedTime(since).TotalSeconds:0.#} s")
            : $": the {peer} is not connected";
    }

    /// <summary>
    /// Queues a frame if a connection is still linked, and takes over one reference. Returns false, and queues nothing, if it is not.
    /// </summary>
    public bool TryEnqueue(Connection to, Frame frame, out EnqueueOutcome sent)
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

    /// <summary>Discards the epoch when its counters are uncertain (rule 5), so that the next link begins a new epoch.</summary>
    public void ForgetEpoch()
    {
        lock (this) Volatile.Write(ref _epoch, "");
    }

    /// <summary>
    /// Stops counting messages of a connection and acknowledges all that were counted. Called before a close frame is sent.
    /// </summary>
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

    /// <summary>Acknowledges counted messages that are not acknowledged yet. Called about once a second.</summary>
    public void AcknowledgeInTime()
    {
        if (Connection is not { } connection || !Acknowledge(connection)) return;
        connection.Wake();
    }

    /// <summary>Called by the reader at the end of a batch. Sends an acknowledgement when enough messages were counted.</summary>
    public void EndBatch(Connection from)
    {
        if (_unacknowledged >= AckAfterMessages || _unacknowledgedBytes >= AckAfterBytes) Acknowledge(from);
        // If another connection has been linked in the meantime, it sends the answers of this batch.
        if (Connection is { } current && current != from) current.Wake();
    }

    /// <summary>
    /// Accepts a message of a connection and counts it. An accepted message must be handled. Called only by the reader of the connection.
    /// Without an epoch, nothing is counted and no lock is taken.
    /// </summary>
    /// <param name="from">The connection that received the message.</param>
    /// <param name="size">The size of the message in bytes.</param>
    /// <param name="weight">The number by which the message is counted.</param>
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

    /// <summary>Releases the messages that the peer has acknowledged (rule 4).</summary>
    public AckResult TakeAck(Connection from, long received)
    {
        lock (this) return outbox.Acknowledge(from, received);
    }

    /// <summary>
    /// Ends the conversation, so that no connection can be linked any more. Returns false if the conversation is already over or, with
    /// <paramref name="ifAway"/>, if a connection is linked.
    /// </summary>
    public bool TryEnd(bool ifAway)
    {
        lock (this)
        {
            if (_isClosed || (ifAway && _connection is not null)) return false;
            return _isClosed = true;
        }
    }

    /// <summary>
    /// Ends the conversation if this connection is the linked one. Returns false if it is not, or if the conversation is already over.
    /// </summary>
    public bool TryEnd(Connection linked)
    {
        lock (this)
        {
            if (_isClosed || _connection != linked) return false;
            return _isClosed = true;
        }
    }

    /// <summary>
    /// Ends the conversation if no connection was ever linked. Returns false if there was one, or if the conversation is already over.
    /// </summary>
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
        return Continues_NeedsLock(in claim) && !(claim.Received is { } said && outbox.CanContinueFrom(said))
            ? LinkOutcome.Impossible
            : LinkOutcome.Linked;
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
        // This comes first. Otherwise, the writer of the old connection could send a request after the list of sent requests was taken.
        if (_connection is { } previous) outbox.Unlink(previous);
        var sent = requests.Where(static request => request.IsSent);
        _received = 0;
        Volatile.Write(ref _epoch, epoch);
        return new LostMessages(sent, outbox.Restart(connection, epoch is null ? Numbering.None : numbering, () => welcome, limit));
    }

    private static string NewEpoch() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(EpochBytes));
}
