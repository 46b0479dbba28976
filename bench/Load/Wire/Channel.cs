using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HeliosStarling.Load;

/// <summary>One connection with non-blocking reads.</summary>
internal sealed class Channel : IDisposable
{
    private static readonly byte[] s_shared = new byte[256 * 1024];

    private readonly Socket _socket;
    private readonly int _handle;
    private readonly Dialect _dialect;
    private readonly Tls? _tls;
    private byte[] _rest = [];

    // The beginning of the text that is waited for; null after it has arrived.
    private string? _awaited;

    private Channel(Socket socket, Dialect dialect, bool isSecure)
    {
        (_socket, _handle, _dialect) = (socket, (int)socket.Handle, dialect);
        if (!isSecure) return;
        _tls = new Tls(_handle);
        socket.Blocking = false;
    }

    public int Handle => _handle;

    /// <summary>The number of open requests.</summary>
    public int Open { get; set; }

    /// <summary>The number of received broadcasts.</summary>
    public long Deliveries { get; private set; }

    /// <summary>The number of received answers.</summary>
    public long Answers { get; private set; }

    /// <summary>The last text that was neither. It may hold a token.</summary>
    public string? LastOther { get; private set; }

    /// <summary>Connects and completes the peer's handshake.</summary>
    public static Channel Connect(Uri address, Dialect dialect, string query = "")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var host = IPAddress.Parse(address.Host);
        // One local address does not have enough ports for all connections, so several are used in turn.
        if (IPAddress.IsLoopback(host))
            socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(1 + (Environment.TickCount64 & 7))]), 0));
        socket.Connect(host, address.Port);
        var path = address.AbsolutePath.TrimEnd('/') + dialect.Path
            + (query.Length > 0 ? (dialect.Path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + query : "");
        var channel = new Channel(socket, dialect, address.Scheme == "https");
        channel.Send(
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        channel.TakeHead();
        foreach (var (send, until) in dialect.Greeting)
        {
            channel._awaited = until;
            if (send is not null) channel.Send(send);
            channel.Await();
        }
        return channel;
    }

    /// <summary>Sends all bytes. They are few enough for the kernel's buffer.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        for (var spin = new SpinWait(); !bytes.IsEmpty; spin.SpinOnce(-1))
        {
            var count = _tls?.Send(bytes) ?? Native.Send(_handle, bytes);
            if (count > 0) bytes = bytes[count..];
            else if (count < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != Native.WouldBlock)
                throw new IOException("The peer closed a connection.");
        }
    }

    /// <summary>Reads what has arrived. Returns the number of answers and of deliveries.</summary>
    public (int Answers, int Deliveries) Receive()
    {
        var buffer = s_shared.AsSpan();
        _rest.CopyTo(buffer);
        var count = Take(buffer[_rest.Length..]);
        if (count == 0) throw new IOException("The peer closed a connection.");
        if (count < 0 && _rest.Length == 0) return default;
        count = Math.Max(0, count);
        var unread = buffer[..(_rest.Length + count)];
        var (answers, deliveries) = (0, 0);
        while (TryTake(ref unread, out var opcode, out var payload))
        {
            if (opcode == 9) Send(ClientFrame.Pong(payload));
            if (opcode == 8)
                throw new IOException(
                    $"The peer closed a connection with {(payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 0)}.");
            if (opcode is not (1 or 2)) continue;
            var (more, delivered) = _dialect.Classify(payload);
            if (more + delivered == 0) TakeOther(payload);
            answers += more;
            deliveries += delivered;
        }
        if (unread.Length > 0 || _rest.Length > 0) _rest = unread.ToArray();
        Answers += answers;
        Deliveries += deliveries;
        return (answers, deliveries);
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    public void Ask(byte[] request)
    {
        Send(request);
        var before = Answers;
        for (var until = Environment.TickCount64 + 30_000; Answers == before;)
        {
            if (Environment.TickCount64 > until) throw new TimeoutException("No answer within 30 s.");
            _socket.Poll(1000, SelectMode.SelectRead);
            Receive();
        }
    }

    /// <summary>Closes the socket without a close frame.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        Dispose();
    }

    public void Dispose()
    {
        _tls?.Dispose();
        _socket.Dispose();
    }

    private int Take(Span<byte> buffer) => _tls?.Receive(buffer) ?? Native.Receive(_handle, buffer);

    private void TakeOther(ReadOnlySpan<byte> payload)
    {
        LastOther = Encoding.UTF8.GetString(payload);
        if (_awaited is not null && LastOther.StartsWith(_awaited, StringComparison.Ordinal)) _awaited = null;
        if (_dialect.Reply(payload) is { } reply) Send(reply);
    }

    private void Await()
    {
        // It may have arrived together with the answer to the upgrade.
        for (var until = Environment.TickCount64 + 30_000; _awaited is not null; Receive())
        {
            if (Environment.TickCount64 > until)
                throw new TimeoutException($"The peer did not say '{_awaited}' within 30 s, but '{LastOther}'.");
            _socket.Poll(1000, SelectMode.SelectRead);
        }
    }

    private void TakeHead()
    {
        var (buffer, length, end) = (new byte[16 * 1024], 0, -1);
        while ((end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            var count = Take(buffer.AsSpan(length));
            if (count < 0) _socket.Poll(1000, SelectMode.SelectRead);
            if (count == 0) throw new IOException("The peer closed before it answered the upgrade.");
            length += Math.Max(0, count);
        }
        if (!buffer.AsSpan().StartsWith("HTTP/1.1 101"u8)) throw new IOException(Encoding.ASCII.GetString(buffer, 0, length));
        _rest = buffer[(end + 4)..length];
    }

    private static bool TryTake(ref Span<byte> unread, out int opcode, out Span<byte> payload)
    {
        opcode = 0;
        payload = default;
        if (unread.Length < 2) return false;
        var header = unread[1] < 126 ? 2 : unread[1] == 126 ? 4 : 10;
        if (unread.Length < header) return false;
        var length = header switch
        {
            2 => unread[1],
            4 => BinaryPrimitives.ReadUInt16BigEndian(unread[2..]),
            _ => checked((int)BinaryPrimitives.ReadUInt64BigEndian(unread[2..])),
        };
        if (unread.Length - header < length) return false;
        opcode = unread[0] & 15;
        payload = unread.Slice(header, length);
        unread = unread[(header + length)..];
        return true;
    }
}
