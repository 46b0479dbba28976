using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>
/// Reads the bytes of one connection into its frame reader. A client that sends much lets other connections go first.
/// </summary>
/// <remarks>Called by the connection's reader only; not safe to call concurrently.</remarks>
internal sealed class ConnectionInput
{
    /// <summary>
    /// The bytes that a client may send within a second before its connection queues behind other heavy ones. Each message adds
    /// <see cref="CostOfMessage"/> bytes.
    /// </summary>
    public const int TurnLimit = 16 * 1024;

    /// <summary>The bytes that each message counts in addition to its own.</summary>
    public const int CostOfMessage = 64;

    private static readonly TimeSpan s_turnDuration = TimeSpan.FromSeconds(1);

    private readonly Stream _stream;
    private readonly FrameReader _reader;
    private readonly Liveness _liveness;
    private readonly HeavyReaderQueue _heavyReaders;
    private readonly Connection _connection;
    private readonly Engine _engine;
    private long _turnSince;

    // The zero-byte read that is pending, if any.
    private Task<int>? _pendingRead;

    /// <param name="connection">The connection that is read.</param>
    /// <param name="stream">The stream to read from.</param>
    /// <param name="reader">Receives the bytes.</param>
    /// <param name="liveness">Is told when the connection waits for its client.</param>
    /// <param name="heavyReaders">The queue for connections whose clients send much.</param>
    /// <param name="engine">The server's engine.</param>
    public ConnectionInput(
        Connection connection, Stream stream, FrameReader reader, Liveness liveness, HeavyReaderQueue heavyReaders, Engine engine) =>
        (_connection, _stream, _reader, _liveness, _heavyReaders, _engine) = (connection, stream, reader, liveness, heavyReaders, engine);

    /// <summary>The bytes and message costs of this turn.</summary>
    public long Cost { get; set; }

    /// <summary>Whether a read is under way.</summary>
    public bool IsReading => _pendingRead is { IsCompleted: false };

    /// <summary>Buffers the bytes that came together with the upgrade request.</summary>
    public void Append(ReadOnlyMemory<byte> early)
    {
        while (!early.IsEmpty)
        {
            var memory = _reader.GetMemory();
            var count = Math.Min(memory.Length, early.Length);
            early[..count].CopyTo(memory);
            _reader.Advance(count);
            early = early[count..];
        }
    }

    /// <summary>Waits for bytes; false when there are no more.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReadAsync()
    {
        try
        {
            _liveness.Wait();
            if (_reader.IsIdle || _pendingRead is not null) await WaitAsync().ConfigureAwait(false);
            int count;
            // A connection must not hold a buffer while it waits, so each wait releases it again.
            if (_stream is SocketStream socket) while (!TryRead(socket, out count)) await WaitAsync().ConfigureAwait(false);
            else
            {
                count = await _stream.ReadAsync(_reader.GetMemory()).ConfigureAwait(false);
                _reader.Advance(count);
            }
            _liveness.StopWaiting();
            Cost += count;
            return count > 0;
        }
        catch (Exception exception)
        {
            if (_connection.IsOpen) _engine.Logger.ConnectionBroke(exception.Message);
            return false;
        }
    }

    /// <summary>Waits until bytes have arrived or <paramref name="other"/> has completed. Reads no bytes.</summary>
    /// <returns>Whether bytes or the end of the stream have arrived. Otherwise the next read continues the pending one.</returns>
    public async ValueTask<bool> WaitOrAsync(Task other)
    {
        _pendingRead = _stream.ReadAsync(Memory<byte>.Empty).AsTask();
        // The read may fail after the connection has ended: observe the exception.
        _ = _pendingRead.ContinueWith(
            static read => read.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        await Task.WhenAny(_pendingRead, other).ConfigureAwait(false);
        return _pendingRead.IsCompleted;
    }

    /// <summary>Begins a new turn. Queues first when the previous turn took less than a second.</summary>
    /// <param name="socket">The socket below the stream; null when the transport has no socket of ours.</param>
    /// <param name="isMore">Whether the connection continues with another batch without waiting for bytes.</param>
    public async ValueTask TakeTurnAsync(SocketStream? socket, bool isMore)
    {
        var time = _engine.Time;
        var isGreedy = time.GetElapsedTime(_turnSince) < s_turnDuration;
        if (socket is { IsPolled: true })
        {
            socket.YieldsToLight = isGreedy;
            // A drained polled socket needs no place in this queue: the poller lets others go first at its next wait.
            isGreedy &= isMore || !socket.IsDrained;
        }
        if (isGreedy) await _heavyReaders.NextAsync();
        (_turnSince, Cost) = (time.GetTimestamp(), 0);
    }

    /// <summary>
    /// Drains the socket, up to the largest read size: leftovers would split the answer, and then the client's next burst. Returns false
    /// when nothing has arrived. A <paramref name="count"/> of 0 is the end of the stream.
    /// </summary>
    private bool TryRead(SocketStream socket, out int count)
    {
        if (!socket.TryRead(_reader.GetMemory().Span, out count)) return false;
        _reader.Advance(count);
        while (count > 0 && !_reader.HasRoom && _reader.UnreadLength < ReceiveBuffer.LargestReadSize && socket.TryReadOn(
            _reader.GetMemory().Span, out var more))
        {
            _reader.Advance(more);
            count += more;
        }
        return true;
    }

    /// <summary>Waits for bytes. Releases the receive buffer first, unless it holds a part of a message.</summary>
    private ValueTask<int> WaitAsync()
    {
        _reader.ReleaseIdleBuffer();
        var waiting = _pendingRead is { } begun ? new ValueTask<int>(begun)
            : _stream is SocketStream socket ? socket.WaitAsync()
            : _stream.ReadAsync(Memory<byte>.Empty);
        _pendingRead = null;
        return waiting;
    }
}
