using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Fuzz;

/// <summary>A client's TCP socket that never blocks.</summary>
internal sealed class PeerSocket : IDisposable
{
    // The most bytes that are kept while the server does not read.
    private const int MaxUnsent = 256 * 1024;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<byte> _unsent = [];

    public PeerSocket(IPEndPoint server, IPAddress from)
    {
        _socket.Bind(new IPEndPoint(from, 0));
        _socket.NoDelay = true;
        // Closing sends a reset, so that a run does not leave thousands of half-closed connections.
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Connect(server);
        _socket.Blocking = false;
    }

    public Socket Socket => _socket;

    /// <summary>Whether either side has ended the connection.</summary>
    public bool IsOver { get; private set; }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (IsOver || _unsent.Count > MaxUnsent) return;
        if (_unsent.Count == 0) bytes = bytes[SendNow(bytes)..];
        _unsent.AddRange(bytes);
    }

    /// <summary>Sends bytes that did not fit before.</summary>
    public void Flush()
    {
        if (_unsent.Count == 0 || IsOver) return;
        var sent = SendNow([.. _unsent]);
        _unsent.RemoveRange(0, sent);
    }

    /// <summary>The bytes that have arrived; empty when there are none.</summary>
    public ReadOnlySpan<byte> Receive(Span<byte> buffer)
    {
        if (IsOver) return default;
        var count = _socket.Receive(buffer, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock) return default;
        IsOver = error != SocketError.Success || count == 0;
        return IsOver ? default : buffer[..count];
    }

    public void HalfClose()
    {
        if (IsOver) return;
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            IsOver = true;
        }
    }

    public void Dispose()
    {
        IsOver = true;
        _socket.Dispose();
    }

    private int SendNow(ReadOnlySpan<byte> bytes)
    {
        var sent = _socket.Send(bytes, SocketFlags.None, out var error);
        if (error is SocketError.Success) return sent;
        if (error is SocketError.WouldBlock) return 0;
        // Discards the bytes. Data that the server sent before it closed can still be read.
        return bytes.Length;
    }
}
