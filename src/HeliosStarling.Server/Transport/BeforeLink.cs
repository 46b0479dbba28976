namespace HeliosStarling;

/// <summary>
/// The phase of a connection before its messages may be handled: it buffers what arrives, and can test whether the client is alive.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="input">Reads the connection's bytes.</param>
/// <param name="reader">Buffers the bytes that have arrived.</param>
/// <param name="isShared">Whether the stream is one of several on a transport (HTTP/2).</param>
/// <param name="engine">The server's engine.</param>
/// <param name="blockingLimit">How long one stream may block the other streams of its transport.</param>
/// <remarks>
/// <see cref="BufferUntilAsync"/> is called by the connection's reader only. Other members are safe to call concurrently.
/// </remarks>
internal sealed class BeforeLink(
    WebSocketConnection connection, ConnectionInput input, FrameReader reader, bool isShared, Engine engine, TimeSpan blockingLimit)
{
    private LifeProof? _proof;

    // Completes when a test of the client is requested.
    private TaskCompletionSource? _testRequested;

    /// <summary>Tests whether the client is alive, before the connection is linked and any of its messages is read.</summary>
    /// <param name="within">How long the client has to answer.</param>
    /// <param name="ping">Sends the ping with the payload of the proof.</param>
    /// <returns>False when the client did not answer in time.</returns>
    public async Task<bool> ProveAliveAsync(TimeSpan within, Action<LifeProof> ping)
    {
        var proof = new LifeProof();
        Interlocked.Exchange(ref _proof, proof);
        Volatile.Read(ref _testRequested)?.TrySetResult();
        if (!connection.IsOpen) return false;
        var given = ((Task)proof.Given).WaitAsync(within, engine.Time);
        ping(proof);
        await given.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Volatile.Write(ref _proof, null);
        return proof.Given.IsCompleted && await proof.Given.ConfigureAwait(false);
    }

    /// <summary>Ends the test as failed, because the connection ends.</summary>
    public void GiveUp() => Volatile.Read(ref _proof)?.GiveUp();

    /// <summary>Buffers what arrives until messages may be handled. Returns false when the connection is given up.</summary>
    public async Task<bool> BufferUntilAsync(Task ready)
    {
        while (!ready.IsCompleted)
        {
            Volatile.Read(ref _proof)?.Look(reader.Unread);
            if (IsFull && !await WaitForRoomOrTestAsync(ready).ConfigureAwait(false)) break;
            if (!await input.WaitOrAsync(ready).ConfigureAwait(false)) break;
            if (await input.ReadAsync().ConfigureAwait(false)) continue;
            // The client is gone. Aborting releases connection handlers that wait for room in the outbox.
            connection.Abort();
            break;
        }
        // The unread bytes of one stream take room from all streams of its transport.
        if (isShared && IsFull && !ready.IsCompleted) return false;
        await ready.ConfigureAwait(false);
        return true;
    }

    // The pong that the test waits for may come after many messages.
    private bool IsFull
    {
        get
        {
            var room = reader.MemoryLimit;
            return reader.UnreadLength >= (Volatile.Read(ref _proof) is null ? Math.Min(engine.MaxMessageSize, room) : room);
        }
    }

    /// <summary>Waits, while the buffer is full, until messages may be handled or a test of the client is requested.</summary>
    /// <returns>Whether there is room to read on and find the pong.</returns>
    private async ValueTask<bool> WaitForRoomOrTestAsync(Task ready)
    {
        var testRequested = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _testRequested, testRequested);
        if (Volatile.Read(ref _proof) is null)
        {
            Task either = Task.WhenAny(ready, testRequested.Task);
            await (isShared ? either.WaitAsync(blockingLimit, engine.Time) : either).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return !ready.IsCompleted && !IsFull;
    }
}
