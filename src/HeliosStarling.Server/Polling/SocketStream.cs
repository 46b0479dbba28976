using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>A connected socket as a stream that can also be read without waiting.</summary>
/// <remarks>One reads and one writes at a time; the rest is safe to call concurrently.</remarks>
internal sealed class SocketStream : NetworkStream
{
    // On the stack.
    private const int DiscardedAtOnce = 4096;

    private const int NotWatched = -1;
    private const int Forgotten = -2;

    // More has hardly come behind the last read: a peer that goes on sending without end is reset.
    private const int MostDiscarded = 64 * 1024;

    private readonly Poller? _poller;
    private readonly Readiness _readable = new();
    private Readiness? _writable;
    private int _key = NotWatched;

    // Whether the last read took all that had come, so that the next arrival is told of; what comes behind the peer's end is not.
    private bool _isDrained;
    private volatile bool _hasEnded;

    // What went wrong behind bytes that were taken: the next read's.
    private SocketError _failure;

    /// <param name="socket">Its owner disposes of it.</param>
    /// <param name="poller">Tells when the socket may be read or written; null leaves that to the runtime's own engine.</param>
    public SocketStream(Socket socket, Poller? poller)
        : base(socket)
    {
        socket.Blocking = false;
        _poller = poller;
    }

    /// <summary>Whether somebody tells when it can be read: who waits then comes up in turn with all others.</summary>
    public bool IsPolled => _poller is not null;

    /// <summary>Whether the next read would wait, as far as is known.</summary>
    public bool IsDrained => _isDrained;

    /// <summary>Whether reads that wait go on behind those of others.</summary>
    public bool YieldsToLight { set => _readable.YieldsToLight = value; }

    /// <summary>Waits until something may have come: what wakes a socket may be bytes that were read before.</summary>
    public ValueTask<int> WaitAsync()
    {
        if (_failure != SocketError.Success) return default;
        if (_poller is null) return base.ReadAsync(Memory<byte>.Empty);
        if (!_isDrained) return default;
        Watch();
        return _readable.WaitAsync();
    }

    /// <summary>Takes what has come; false when nothing has. The peer's end is a read of no bytes.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public bool TryRead(Span<byte> buffer, out int count)
    {
        count = 0;
        if (_failure == SocketError.Success && TryTake(buffer, out count)) return true;
        return _failure == SocketError.Success ? false : throw new SocketException((int)_failure);
    }

    /// <summary>
    /// Takes what came behind the bytes that were read just now. False when that is nothing, or cannot be read: then the next read says
    /// why.
    /// </summary>
    public bool TryReadOn(Span<byte> buffer, out int count) => TryTake(buffer, out count) && count > 0;

    /// <summary>Takes what has come and forgets it: at most so many bytes and a read more, and nothing after the deadline.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public void Discard(int most, CancellationToken deadline)
    {
        Span<byte> unread = stackalloc byte[DiscardedAtOnce];
        while (most > 0 && !deadline.IsCancellationRequested && TryRead(unread, out var count) && count > 0) most -= count;
    }

    /// <summary>As of any stream; a read without a buffer ends only when the next one would not wait.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return WaitForBytesAsync(cancellationToken);
        return _poller is null ? base.ReadAsync(buffer, cancellationToken) : ReadPolledAsync(buffer, cancellationToken);
    }

    /// <summary>As of any stream; what the kernel takes at once costs no memory for waiting.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        var rest = buffer[TryWrite(buffer.Span)..];
        if (rest.IsEmpty) return default;
        return _poller is null ? base.WriteAsync(rest, cancellationToken) : WriteRestAsync(rest, cancellationToken);
    }

    /// <summary>Ends sending, behind what was sent; the other direction can still be read.</summary>
    public void EndSending()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The peer was faster.
        }
    }

    /// <summary>
    /// Ends both directions once nothing is read any more. What has come unread is thrown away, or closing would reset the connection.
    /// </summary>
    public void Finish()
    {
        EndSending();
        try
        {
            var unread = ArrayPool<byte>.Shared.Rent(MostDiscarded);
            _ = Socket.Receive(unread.AsSpan(0, MostDiscarded), SocketFlags.None, out _);
            ArrayPool<byte>.Shared.Return(unread);
        }
        catch (ObjectDisposedException)
        {
            // It was cut meanwhile.
        }
        Cut();
    }

    /// <summary>Ends both directions: what was sent still goes out.</summary>
    public void Cut()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The peer was faster.
        }
        CloseSocket();
    }

    /// <summary>Closes the socket; who waits goes on and finds it closed.</summary>
    public void CloseSocket()
    {
        Socket.Dispose();
        // The kernel says nothing of a closed socket any more.
        _readable.TellInPool();
        Volatile.Read(ref _writable)?.TellInPool();
    }

    /// <summary>Something has come.</summary>
    /// <param name="hasEnded">Whether nothing comes behind it.</param>
    /// <returns>Who waited for it.</returns>
    public Readiness? TellReadable(bool hasEnded)
    {
        if (hasEnded) _hasEnded = true;
        return _readable.Tell() ? _readable : null;
    }

    /// <summary>The kernel takes bytes again.</summary>
    /// <returns>Who waited for it.</returns>
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
            // Then it was not this socket's end. One that comes just now is told of once more.
            _hasEnded = false;
            return false;
        }
        _failure = error;
        return error == SocketError.Success;
    }

    /// <summary>Hands over as much as the kernel takes now, perhaps nothing.</summary>
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
        // Before the kernel is asked again: what it says earlier than that is not told.
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
