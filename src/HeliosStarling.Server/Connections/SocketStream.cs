using System.Net.Sockets;

namespace HeliosStarling;

/// <summary>A connected socket as a stream that can also be read without waiting.</summary>
internal sealed class SocketStream : NetworkStream
{
    public SocketStream(Socket socket)
        : base(socket) => socket.Blocking = false;

    /// <summary>Takes what has come; false when nothing has. The peer's end is a read of no bytes.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public bool TryRead(Span<byte> buffer, out int count)
    {
        count = Socket.Receive(buffer, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock) return false;
        return error == SocketError.Success ? true : throw new SocketException((int)error);
    }
}
