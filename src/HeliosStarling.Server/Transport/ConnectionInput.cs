using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>
/// Reads the bytes of one connection into its frame reader, and lets other connections go first when its client sends much.
/// </summary>
/// <remarks>Belongs to the connection's reader; not safe to call concurrently.</remarks>
internal sealed class ConnectionInput
{
    /// <summary>
    /// A client that sends more than this within a second waits in line with others like it. In bytes; each message counts
    /// <see cref="CostOfMessage"/> bytes beside its own.
    /// </summary>
    public const int Turn = 16 * 1024;

    /// <summary>What each message counts beside its bytes.</summary>
    public const int CostOfMessage = 64;

    private static readonly TimeSpan s_turnTime = TimeSpan.FromSeconds(1);

    private readonly Stream _stream;
    private readonly FrameReader _reader;
    private readonly Liveness _liveness;
    private readonly HeavyReaderQueue _turns;
    private readonly Connection _connection;
    private readonly Engine _engine;
    private long _turnSince;

    // The read without a buffer that is under way, if any.
    private Task<int>? _waiting;

    /// <param name="connection">Whose bytes they are.</param>
    /// <param name="stream">Where they come from.</param>
    /// <param name="reader">Where they go.</param>
    /// <param name="liveness">Is told when the connection waits.</param>
    /// <param name="turns">Where it waits when its client sends much.</param>
    /// <param name="engine">The server's.</param>
    public ConnectionInput(
        Connection connection, Stream stream, FrameReader reader, Liveness liveness, HeavyReaderQueue turns, Engine engine) =>
        (_connection, _stream, _reader, _liveness, _turns, _engine) = (connection, stream, reader, liveness, turns, engine);

    /// <summary>What has come in this turn, in bytes.</summary>
    public long Cost { get; set; }

    /// <summary>Whether a read is under way.</summary>
    public bool IsReading => _waiting is { IsCompleted: false };

    /// <summary>Takes bytes that came right behind the upgrade request.</summary>
    public void Keep(ReadOnlyMemory<byte> early)
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
            if (_reader.IsIdle || _waiting is not null) await WaitAsync().ConfigureAwait(false);
            int count;
            // Nobody shall wait with a buffer for bytes that were no longer there.
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

    /// <summary>Waits until bytes have come or <paramref name="other"/> has completed, and takes none.</summary>
    /// <returns>Whether bytes have come, or the end. A read that still waits is gone on with by the next one.</returns>
    public async ValueTask<bool> WaitOrAsync(Task other)
    {
        _waiting = _stream.ReadAsync(Memory<byte>.Empty).AsTask();
        // It may be left waiting when the connection ends: that it then fails is no unobserved exception.
        _ = _waiting.ContinueWith(
            static read => read.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        await Task.WhenAny(_waiting, other).ConfigureAwait(false);
        return _waiting.IsCompleted;
    }

    /// <summary>Begins another turn, behind others when the last one took less than a second.</summary>
    /// <param name="socket">What is under the stream; null when that is no socket of ours.</param>
    /// <param name="isMore">Whether the connection has handled a batch and goes on with the next one right away.</param>
    public async ValueTask TakeTurnAsync(SocketStream? socket, bool isMore)
    {
        var time = _engine.Time;
        var isGreedy = time.GetElapsedTime(_turnSince) < s_turnTime;
        if (socket is { IsPolled: true })
        {
            socket.YieldsToLight = isGreedy;
            // It comes up in turn with its next wait.
            isGreedy &= isMore || !socket.IsDrained;
        }
        if (isGreedy) await _turns.NextAsync();
        (_turnSince, Cost) = (time.GetTimestamp(), 0);
    }

    /// <summary>
    /// Drains the socket, up to what is read at a time: leftovers would split the answer, and then the client's next burst. False when
    /// nothing has come; no bytes are the peer's end.
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

    /// <summary>Waits without a buffer, which an idle connection would hold for hours, unless a message is half way.</summary>
    private ValueTask<int> WaitAsync()
    {
        _reader.ReleaseIdleBuffer();
        var waiting = _waiting is { } begun ? new ValueTask<int>(begun)
            : _stream is SocketStream socket ? socket.WaitAsync()
            : _stream.ReadAsync(Memory<byte>.Empty);
        _waiting = null;
        return waiting;
    }
}
