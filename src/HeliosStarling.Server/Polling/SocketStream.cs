using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>A connected socket as a stream, with reads that do not wait.</summary>
/// <remarks>For one reader and one writer at a time. Other members are safe to call concurrently.</remarks>
internal sealed class SocketStream : NetworkStream
{
    // The size of a buffer on the stack.
    private const int DiscardBufferSize = 4096;

    private const int NotWatched = -1;
    private const int Forgotten = -2;

    // More bytes are unlikely after the last read. A peer that never stops sending is reset.
    private const int MaxDiscarded = 64 * 1024;

    private readonly Poller? _poller;
    private readonly Readiness _readable = new();
    private Readiness? _writable;
    private int _key = NotWatched;

    // Whether the last read took all bytes, so that the next arrival is signaled. Bytes after the peer's end are not.
    private bool _isDrained;
    private volatile bool _hasEnded;

    // A failure after bytes that were taken. The next read reports it.
    private SocketError _failure;

    /// <param name="socket">The socket. Its owner disposes it.</param>
    /// <param name="poller">Signals when the socket can be read or written; null to use the socket engine of the runtime.</param>
    public SocketStream(Socket socket, Poller? poller)
        : base(socket)
    {
        socket.Blocking = false;
        _poller = poller;
    }

    /// <summary>Whether a poller signals the socket. Waiting readers then take turns.</summary>
    public bool IsPolled => _poller is not null;

    /// <summary>Whether the next read would probably wait.</summary>
    public bool IsDrained => _isDrained;

    /// <summary>Whether waiting reads run after those of light readers.</summary>
    public bool YieldsToLight { set => _readable.YieldsToLight = value; }

    /// <summary>
    /// Waits until bytes may have arrived. It may return without any, because a signal can be for bytes that were already read.
    /// </summary>
    public ValueTask<int> WaitAsync()
    {
        if (_failure != SocketError.Success) return default;
        if (_poller is null) return base.ReadAsync(Memory<byte>.Empty);
        if (!_isDrained) return default;
        Watch();
        return _readable.WaitAsync();
    }

    /// <summary>Reads without waiting. Returns false when there are no bytes. A <paramref name="count"/> of 0 is the peer's end.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public bool TryRead(Span<byte> buffer, out int count)
    {
        count = 0;
        if (_failure == SocketError.Success && TryTake(buffer, out count)) return true;
        return _failure == SocketError.Success ? false : throw new SocketException((int)_failure);
    }

    /// <summary>
    /// Continues a read without waiting. Returns false when there are no more bytes, or when reading fails; then the next read reports the
    /// failure.
    /// </summary>
    public bool TryReadOn(Span<byte> buffer, out int count) => TryTake(buffer, out count) && count > 0;

    /// <summary>Reads and discards bytes without waiting: at most this many and one more read, and none after the deadline.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public void Discard(int most, CancellationToken deadline)
    {
        Span<byte> unread = stackalloc byte[DiscardBufferSize];
        while (most > 0 && !deadline.IsCancellationRequested && TryRead(unread, out var count) && count > 0) most -= count;
    }

    /// <summary>Reads as any stream does. A zero-byte read completes only when the next read would not wait.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return WaitForBytesAsync(cancellationToken);
        return _poller is null ? base.ReadAsync(buffer, cancellationToken) : ReadPolledAsync(buffer, cancellationToken);
    }

    /// <summary>Writes as any stream does. Bytes that the kernel takes at once need no allocation for the wait.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        var rest = buffer[TryWrite(buffer.Span)..];
        if (rest.IsEmpty) return default;
        return _poller is null ? base.WriteAsync(rest, cancellationToken) : WriteRestAsync(rest, cancellationToken);
    }

    /// <summary>Ends sending after all written bytes. The other direction can still be read.</summary>
    public void EndSending()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The peer has ended the connection first.
        }
    }

    /// <summary>
    /// Ends both directions when nothing is read any more. It discards unread bytes first, because closing would otherwise reset the
    /// connection.
    /// </summary>
    public void Finish()
    {
        EndSending();
        try
        {
            var unread = ArrayPool<byte>.Shared.Rent(MaxDiscarded);
            _ = Socket.Receive(unread.AsSpan(0, MaxDiscarded), SocketFlags.None, out _);
            ArrayPool<byte>.Shared.Return(unread);
        }
        catch (ObjectDisposedException)
        {
            // The connection was cut meanwhile.
        }
        Cut();
    }

    /// <summary>Ends both directions. Written bytes are still sent.</summary>
    public void Cut()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The peer has ended the connection first.
        }
        CloseSocket();
    }

    /// <summary>Closes the socket. A waiter runs and finds the socket closed.</summary>
    public void CloseSocket()
    {
        Socket.Dispose();
        // The kernel reports no events of a closed socket.
        _readable.TellInPool();
        Volatile.Read(ref _writable)?.TellInPool();
    }

    /// <summary>Signals that bytes or the end have arrived.</summary>
    /// <param name="hasEnded">Whether nothing more will arrive.</param>
    /// <returns>The waiter to run; null when there is none.</returns>
    public Readiness? TellReadable(bool hasEnded)
    {
        if (hasEnded) _hasEnded = true;
        return _readable.Tell() ? _readable : null;
    }

    /// <summary>Signals that the kernel takes bytes again.</summary>
    /// <returns>The waiter to run; null when there is none.</returns>
    public Readiness? TellWritable() => Volatile.Read(ref _writable) is { } writable && writable.Tell() ? writable : null;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_readable)
        {
            if (_key >= 0) _poller!.Forget(_key);
            _key = Forgotten;
        }
        base.Dispose(disposing);
        CloseSocket();
    }

    private bool TryTake(Span<byte> buffer, out int count)
    {
        count = Socket.Receive(buffer, SocketFlags.None, out var error);
        _isDrained = error == SocketError.WouldBlock || (count < buffer.Length && !_hasEnded);
        if (error == SocketError.WouldBlock)
        {
            // The reported end was another socket's with the same key. If this socket ends now, that is reported once more.
            _hasEnded = false;
            return false;
        }
        _failure = error;
        return error == SocketError.Success;
    }

    /// <summary>Writes as many bytes as the kernel takes now; may be none.</summary>
    private int TryWrite(ReadOnlySpan<byte> bytes)
    {
        var count = Socket.Send(bytes, SocketFlags.None, out var error);
        return error is SocketError.Success or SocketError.WouldBlock ? Math.Max(0, count) : throw new SocketException((int)error);
    }

    private void Watch()
    {
        if (Volatile.Read(ref _key) >= 0) return;
        lock (_readable)
        {
            ObjectDisposedException.ThrowIf(_key == Forgotten, this);
            if (_key == NotWatched) Volatile.Write(ref _key, _poller!.Watch(this));
        }
    }

    private async ValueTask<int> WaitForBytesAsync(CancellationToken cancellationToken)
    {
        while (!Socket.Poll(0, SelectMode.SelectRead))
        {
            if (_poller is null) await base.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
            else await WaitAsync(_readable, cancellationToken).ConfigureAwait(false);
        }
        return 0;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadPolledAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int count;
        while (!TryRead(buffer.Span, out count)) await WaitAsync(_readable, cancellationToken).ConfigureAwait(false);
        return count;
    }

    private async ValueTask WriteRestAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        // Watch before the next write: an event before that is not reported.
        if (_writable is null) Volatile.Write(ref _writable, new Readiness());
        Watch();
        while (!(rest = rest[TryWrite(rest.Span)..]).IsEmpty) await WaitAsync(_writable, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WaitAsync(Readiness readiness, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Watch();
        using var cancelled = cancellationToken.UnsafeRegister(static readiness => ((Readiness)readiness!).TellInPool(), readiness);
        await readiness.WaitAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
