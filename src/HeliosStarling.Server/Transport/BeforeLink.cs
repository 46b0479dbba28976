namespace HeliosStarling;

/// <summary>
/// What a connection does before its messages may be handled: it buffers what comes, and asks some clients for a sign of life.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="input">Its bytes.</param>
/// <param name="reader">What has come.</param>
/// <param name="isShared">Whether its stream is one of several on a transport.</param>
/// <param name="engine">The server's.</param>
/// <param name="patience">How long one stream may take room from those that share its transport.</param>
/// <remarks><see cref="BufferUntilAsync"/> belongs to the connection's reader; everything else is safe to call concurrently.</remarks>
internal sealed class BeforeLink(
    WebSocketConnection connection, ConnectionInput input, FrameReader reader, bool isShared, Engine engine, TimeSpan patience)
{
    private LifeProof? _proof;

    // Completes when a sign of life is asked for.
    private TaskCompletionSource? _asked;

    /// <summary>Asks the client for a sign of life, before the connection is linked and any of its messages is read.</summary>
    /// <param name="within">How long it has.</param>
    /// <param name="ping">Sends the ping with this payload.</param>
    /// <returns>False when it gave none.</returns>
    public async Task<bool> ProveAliveAsync(TimeSpan within, Action<LifeProof> ping)
    {
        var proof = new LifeProof();
        Interlocked.Exchange(ref _proof, proof);
        Volatile.Read(ref _asked)?.TrySetResult();
        if (!connection.IsOpen) return false;
        var given = ((Task)proof.Given).WaitAsync(within, engine.Time);
        ping(proof);
        await given.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Volatile.Write(ref _proof, null);
        return proof.Given.IsCompleted && await proof.Given.ConfigureAwait(false);
    }

    /// <summary>The connection ends: nobody waits for a sign of life any more.</summary>
    public void GiveUp() => Volatile.Read(ref _proof)?.GiveUp();

    /// <summary>Buffers what comes before messages may be handled; false when the connection is given up.</summary>
    public async Task<bool> BufferUntilAsync(Task ready)
    {
        while (!ready.IsCompleted)
        {
            Volatile.Read(ref _proof)?.Look(reader.Unread);
            if (IsFull && !await IsSignOfLifeDueAsync(ready).ConfigureAwait(false)) break;
            if (!await input.WaitOrAsync(ready).ConfigureAwait(false)) break;
            if (await input.ReadAsync().ConfigureAwait(false)) continue;
            // Nobody is there any more: connection handlers that wait for room are let go.
            connection.Abort();
            break;
        }
        // The unread bytes of one stream take room from all that share its transport.
        if (isShared && IsFull && !ready.IsCompleted) return false;
        await ready.ConfigureAwait(false);
        return true;
    }

    // A client may have sent much ahead of the pong that is waited for.
    private bool IsFull
    {
        get
        {
            var room = reader.MemoryLimit;
            return reader.UnreadLength >= (Volatile.Read(ref _proof) is null ? Math.Min(engine.MaxMessageSize, room) : room);
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
            await (isShared ? either.WaitAsync(patience, engine.Time) : either).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return !ready.IsCompleted && !IsFull;
    }
}
