using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>One live transport of a session. At most one thread writes at a time: the first one that has something to send.</summary>
/// <remarks>
/// All members are safe to call concurrently, except that only the reader calls <see cref="Cork"/> and <see cref="Uncork"/>.
/// </remarks>
internal abstract class Connection
{
    /// <summary>The maximum number of messages that one flush sends.</summary>
    protected const int FlushLimit = 1000;

    private OneTimeSignal _stopped;
    private TaskCompletionSource? _batchEnded;
    private int _signals;

    // Set when the flush is deferred until the end of the reader's batch or until its turn in a queue. The thread that clears this must
    // flush.
    private int _isDeferred;
    private int _isReading;
    private volatile bool _isStopping;
    private Session? _session;

    /// <summary>The session that this connection is linked to; null until it is linked.</summary>
    public Session? Session
    {
        get => Volatile.Read(ref _session);
        set => Volatile.Write(ref _session, value);
    }

    /// <summary>Indicates whether the transport can still send messages.</summary>
    public abstract bool IsOpen { get; }

    /// <summary>Sends a close frame after all queued messages and then waits for the peer's close frame (RFC 6455 section 7.1.2).</summary>
    public abstract void BeginClose(int code, string reason);

    /// <summary>Ends the transport at once.</summary>
    public abstract void Abort();

    /// <summary>Indicates whether the reader is processing a batch of messages.</summary>
    public bool IsReading => Volatile.Read(ref _isReading) != 0;

    /// <summary>Sends queued messages. If another thread is sending now, that thread sends them.</summary>
    public void Wake()
    {
        if (Interlocked.Increment(ref _signals) == 1 || Interlocked.Exchange(ref _isDeferred, 0) == 1) _ = FlushAllAsync();
    }

    /// <summary>Sends queued messages later, when the connection has its turn in a queue.</summary>
    public void FlushLater(CoreBoundQueue<Connection> queue)
    {
        if (Interlocked.Increment(ref _signals) != 1) return;
        Volatile.Write(ref _isDeferred, 1);
        queue.Add(this);
    }

    /// <summary>Sends the messages of a deferred flush, unless another thread has sent them.</summary>
    public void FlushDeferred()
    {
        if (Interlocked.Exchange(ref _isDeferred, 0) == 1) _ = FlushAllAsync();
    }

    /// <summary>Defers all sends while the reader processes a batch of messages, so that the answers are sent in one write.</summary>
    public void Cork()
    {
        Interlocked.Exchange(ref _isReading, 1);
        if (Interlocked.Increment(ref _signals) == 1) Volatile.Write(ref _isDeferred, 1);
    }

    /// <summary>Sends the deferred messages.</summary>
    public void Uncork()
    {
        Interlocked.Exchange(ref _isReading, 0);
        if (Volatile.Read(ref _batchEnded) is not null) Interlocked.Exchange(ref _batchEnded, null)?.TrySetResult();
        if (Interlocked.Exchange(ref _isDeferred, 0) == 1) _ = FlushAllAsync();
        else Wake();
    }

    /// <summary>
    /// Completes when the reader has processed its current batch. If another connection is linked before this call, no message of this
    /// connection is handled after that.
    /// </summary>
    public Task WhenBatchEnded()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ended = Interlocked.CompareExchange(ref _batchEnded, ended, null) ?? ended;
        // This check comes after the source was stored. Either the reader sees the source, or its batch is seen to have ended.
        return Interlocked.CompareExchange(ref _isReading, 0, 0) == 0 ? Task.CompletedTask : ended.Task;
    }

    /// <summary>Stops all writing and completes when no thread writes. Then the transport can be released.</summary>
    /// <remarks>Abort a write that hangs first.</remarks>
    public Task StopWritingAsync()
    {
        _isStopping = true;
        // If there is no writer, this thread becomes the last writer and writes nothing.
        return Interlocked.Increment(ref _signals) == 1 ? Task.CompletedTask : _stopped.Task;
    }

    /// <summary>Takes the next frame to write. The caller releases it after it is written. Returns false when there is none.</summary>
    public bool TryTake([NotNullWhen(true)] out Frame? frame)
    {
        frame = null;
        return Session is { } session && session.TryTake(this, out frame);
    }

    /// <summary>Sends queued messages, at most about <see cref="FlushLimit"/>. Never called by two threads at once.</summary>
    /// <returns>True when there are more queued messages.</returns>
    protected abstract ValueTask<bool> FlushAsync();

    /// <summary>Called when sending has failed, so that the transport is unusable.</summary>
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
                // The writer may be a reader or a handler that has other work to do. So a long series of messages continues on another
                // thread.
                while (await FlushAsync().ConfigureAwait(false)) await Task.Yield();
            }
            while (Interlocked.Add(ref _signals, -seen) > 0);
        }
        catch (Exception exception)
        {
            _isStopping = true;
            OnFlushFailed(exception);
        }
        // _signals intentionally stays above zero, so that no thread writes to a failed or stopped transport again.
        if (_isStopping) _stopped.Set();
    }
}
