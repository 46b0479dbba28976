using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>
/// One live transport under a session. At any time at most one thread writes: the first one that had something to send.
/// </summary>
/// <remarks>All members are safe to call concurrently, but <see cref="Cork"/> and <see cref="Uncork"/> belong to the reader.</remarks>
internal abstract class Connection
{
    /// <summary>How many messages one flush sends at most.</summary>
    protected const int FlushLimit = 1000;

    private OneTimeSignal _stopped;
    private TaskCompletionSource? _batchEnded;
    private int _signals;

    // Whether the flush was deferred, until the end of the reader's batch or a turn in the queue. The thread that clears this flushes.
    private int _isPutOff;
    private int _isReading;
    private volatile bool _isStopping;
    private Session? _session;

    /// <summary>Whose messages travel here; null until the connection is linked.</summary>
    public Session? Session
    {
        get => Volatile.Read(ref _session);
        set => Volatile.Write(ref _session, value);
    }

    /// <summary>Whether the transport can still take messages.</summary>
    public abstract bool IsOpen { get; }

    /// <summary>Sends a close frame behind all that is queued, then waits for the peer's (RFC 6455 section 7.1.2).</summary>
    public abstract void BeginClose(int code, string reason);

    /// <summary>Ends the transport at once.</summary>
    public abstract void Abort();

    /// <summary>Whether the reader works through a batch of messages.</summary>
    public bool IsReading => Volatile.Read(ref _isReading) != 0;

    /// <summary>Says that there is something to send. It is sent by this call, or by the one that is sending now.</summary>
    public void Wake()
    {
        if (Interlocked.Increment(ref _signals) == 1 || Interlocked.Exchange(ref _isPutOff, 0) == 1) _ = FlushAllAsync();
    }

    /// <summary>Says that there is something to send, which may wait for a turn in a line.</summary>
    public void FlushLater(CoreBoundQueue<Connection> line)
    {
        if (Interlocked.Increment(ref _signals) != 1) return;
        Volatile.Write(ref _isPutOff, 1);
        line.Add(this);
    }

    /// <summary>Sends what was put off, unless somebody has done so.</summary>
    public void FlushDeferred()
    {
        if (Interlocked.Exchange(ref _isPutOff, 0) == 1) _ = FlushAllAsync();
    }

    /// <summary>Holds answers back while the reader works through a batch of messages, so that they leave in one write.</summary>
    public void Cork()
    {
        Interlocked.Exchange(ref _isReading, 1);
        if (Interlocked.Increment(ref _signals) == 1) Volatile.Write(ref _isPutOff, 1);
    }

    /// <summary>Sends what was held back.</summary>
    public void Uncork()
    {
        Interlocked.Exchange(ref _isReading, 0);
        if (Volatile.Read(ref _batchEnded) is not null) Interlocked.Exchange(ref _batchEnded, null)?.TrySetResult();
        if (Interlocked.Exchange(ref _isPutOff, 0) == 1) _ = FlushAllAsync();
        else Wake();
    }

    /// <summary>
    /// Completes when the reader is out of the batch that it is in. Its messages are not taken any more once another connection is linked,
    /// so from then on none of them is handled.
    /// </summary>
    public Task WhenReaderIsOut()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ended = Interlocked.CompareExchange(ref _batchEnded, ended, null) ?? ended;
        // Looked up after the wish was left: the reader sees it, or is seen to be out.
        return Interlocked.CompareExchange(ref _isReading, 0, 0) == 0 ? Task.CompletedTask : ended.Task;
    }

    /// <summary>Lets nobody write any more, and completes when nobody does: then the transport can be given back.</summary>
    /// <remarks>A write that hangs must be aborted first.</remarks>
    public Task StopWritingAsync()
    {
        _isStopping = true;
        // A thread that finds no writer is the last writer, and writes nothing.
        return Interlocked.Increment(ref _signals) == 1 ? Task.CompletedTask : _stopped.Task;
    }

    /// <summary>The next frame to write, which is to be released once it is written; false when there is none.</summary>
    public bool TryTake([NotNullWhen(true)] out Frame? frame)
    {
        frame = null;
        return Session is { } session && session.TryTake(this, out frame);
    }

    /// <summary>Sends what is queued, at most about <see cref="FlushLimit"/> messages. Never called by two threads at once.</summary>
    /// <returns>Whether more is queued.</returns>
    protected abstract ValueTask<bool> FlushAsync();

    /// <summary>Called when sending failed: the transport is broken.</summary>
    protected abstract void OnFlushFailed(Exception exception);

    private async Task FlushAllAsync()
    {
        try
        {
            int seen;
            do
            {
                if (_isStopping) break;
                seen = Volatile.Read(ref _signals);
                // The writer may be a reader or a handler with other things to do: a long stream of messages continues on another thread.
                while (await FlushAsync().ConfigureAwait(false)) await Task.Yield();
            }
            while (Interlocked.Add(ref _signals, -seen) > 0);
        }
        catch (Exception exception)
        {
            _isStopping = true;
            OnFlushFailed(exception);
        }
        // _signals stays above zero on purpose: nobody writes to a broken or stopped transport again.
        if (_isStopping) _stopped.Set();
    }
}
