using System.Net.Sockets;

namespace HeliosStarling;

/// <summary>A connected socket as a stream that can also be read without waiting.</summary>
internal sealed class SocketStream : NetworkStream
{
    public SocketStream(Socket socket)
        : base(socket) => socket.Blocking = false;

    /// <summary>Waits until something may have come: what wakes a socket may be bytes that were read before.</summary>
    public ValueTask<int> WaitAsync() => base.ReadAsync(Memory<byte>.Empty);

    /// <summary>Takes what has come; false when nothing has. The peer's end is a read of no bytes.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public bool TryRead(Span<byte> buffer, out int count)
    {
        count = Socket.Receive(buffer, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock) return false;
        return error == SocketError.Success ? true : throw new SocketException((int)error);
    }

    /// <summary>As of any stream; what the kernel takes at once costs no memory for waiting.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        var rest = buffer[TryWrite(buffer.Span)..];
        return rest.IsEmpty ? default : base.WriteAsync(rest, cancellationToken);
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
        Socket.Dispose();
    }

    /// <summary>As of any stream; a read without a buffer ends only when the next one would not wait.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? WaitForBytesAsync(cancellationToken) : base.ReadAsync(buffer, cancellationToken);

    /// <summary>Hands over as much as the kernel takes now, perhaps nothing.</summary>
    private int TryWrite(ReadOnlySpan<byte> bytes)
    {
        var count = Socket.Send(bytes, SocketFlags.None, out var error);
        return error is SocketError.Success or SocketError.WouldBlock ? Math.Max(0, count) : throw new SocketException((int)error);
    }

    private async ValueTask<int> WaitForBytesAsync(CancellationToken cancellationToken)
    {
        do await base.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        while (!Socket.Poll(0, SelectMode.SelectRead));
        return 0;
    }
}
