namespace HeliosStarling;

/// <content>What comes before messages may be handled, and the sign of life that some clients give before.</content>
internal sealed partial class WebSocketConnection
{
    private LifeProof? _proof;

    // Completes when a sign of life is asked for.
    private TaskCompletionSource? _asked;

    /// <summary>Asks the client for a sign of life, before the connection is linked and any of its messages is read.</summary>
    /// <param name="within">How long it has.</param>
    /// <returns>False when it gave none.</returns>
    public async Task<bool> ProveAliveAsync(TimeSpan within)
    {
        var proof = new LifeProof();
        Interlocked.Exchange(ref _proof, proof);
        Volatile.Read(ref _asked)?.TrySetResult();
        if (!IsOpen) return false;
        var given = ((Task)proof.Given).WaitAsync(within, _time);
        _sender.Controls.Ping(proof.Payload);
        Wake();
        await given.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Volatile.Write(ref _proof, null);
        return proof.Given.IsCompleted && await proof.Given.ConfigureAwait(false);
    }

    /// <summary>Takes off the stream what comes before messages may be handled; false when the connection is given up.</summary>
    private async Task<bool> HoldAsync(Task ready)
    {
        while (!ready.IsCompleted)
        {
            Volatile.Read(ref _proof)?.Look(_reader.Unread);
            if (IsHoldFull && !await IsSignOfLifeDueAsync(ready).ConfigureAwait(false)) break;
            _available = _stream.ReadAsync(Memory<byte>.Empty).AsTask();
            Observe(_available);
            await Task.WhenAny(_available, ready).ConfigureAwait(false);
            // A read that still waits is gone on with by the next one.
            if (!_available.IsCompleted) break;
            if (await ReadAsync().ConfigureAwait(false)) continue;
            // Nobody is there any more: connection handlers that wait for room are let go.
            Abort();
            break;
        }
        // The unread bytes of one stream take room from all that share its transport.
        if (_isShared && IsHoldFull && !ready.IsCompleted) return false;
        await ready.ConfigureAwait(false);
        return true;
    }

    /// <summary>The read may be left waiting when the connection ends: that it then fails is no unobserved exception.</summary>
    private static void Observe(Task<int> reading) =>
        reading.ContinueWith(static read => read.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    // A client may have sent much ahead of the pong that is waited for.
    private bool IsHoldFull
    {
        get
        {
            var room = _reader.MemoryLimit;
            return _reader.UnreadLength >= (Volatile.Read(ref _proof) is null ? Math.Min(_engine.MaxMessageSize, room) : room);
        }
    }

    /// <summary>Waits until messages may be handled, or a sign of life is asked for that stands behind them.</summary>
    /// <returns>Whether there is room to read on for that.</returns>
    private async ValueTask<bool> IsSignOfLifeDueAsync(Task ready)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _asked, asked);
        if (Volatile.Read(ref _proof) is null)
        {
            Task either = Task.WhenAny(ready, asked.Task);
            await (_isShared ? either.WaitAsync(_closeTimeout, _time) : either).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return !ready.IsCompleted && !IsHoldFull;
    }
}
