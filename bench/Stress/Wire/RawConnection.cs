using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HeliosStarling.Stress;

/// <summary>A WebSocket client over a plain socket, without checks.</summary>
/// <remarks>One reader at a time. Concurrent senders wait for each other.</remarks>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private byte[] _buffer = new byte[2048];
    private int _start;
    private int _end;

    private RawConnection(Socket socket) => _socket = socket;

    /// <summary>The server's close code; 0 without a close frame.</summary>
    public int CloseCode { get; private set; }

    /// <param name="port">The server's port on 127.0.0.1.</param>
    /// <param name="query">The query of the upgrade request, with its question mark.</param>
    /// <param name="receiveBuffer">The size of the kernel's receive buffer in bytes. 0: the system's default.</param>
    /// <param name="from">The local address. Default any.</param>
    /// <exception cref="IOException">The upgrade was refused.</exception>
    public static async Task<RawConnection> ConnectAsync(int port, string query = "", int receiveBuffer = 0, IPAddress? from = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var connection = new RawConnection(socket);
        try
        {
            using var limit = new CancellationTokenSource(s_patience);
            if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;
            if (from is not null) socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), limit.Token);
            await connection.UpgradeAsync(query, limit.Token);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
        SendAsync(bytes, default, cancellationToken);

    /// <summary>Sends two pieces without another sender's bytes between them.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes, cancellationToken)..];
            while (!rest.IsEmpty) rest = rest[await _socket.SendAsync(rest, cancellationToken)..];
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The next text or binary frame. Its payload is valid until the next call. Null: the server has closed.</summary>
    public async ValueTask<(byte Opcode, ReadOnlyMemory<byte> Payload)?> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (TryRead(out var opcode, out var payload))
            {
                if (opcode == Frames.Ping) await SendAsync(Frames.Make(Frames.Pong, payload.Span), cancellationToken);
                if (opcode == Frames.Close && payload.Length >= 2) CloseCode = BinaryPrimitives.ReadUInt16BigEndian(payload.Span);
                if (opcode == Frames.Close) return null;
                if (opcode is Frames.Text or Frames.Binary) return (opcode, payload);
            }
            else if (!await FillAsync(cancellationToken))
            {
                return null;
            }
        }
    }

    /// <summary>Reads and discards up to this many bytes. False at the end of the stream.</summary>
    public async ValueTask<bool> DiscardAsync(int count, CancellationToken cancellationToken)
    {
        var discarded = new byte[count];
        return await _socket.ReceiveAsync(discarded, cancellationToken) > 0;
    }

    /// <summary>Resets the TCP connection, as after a crash of the client's machine.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private async Task UpgradeAsync(string query, CancellationToken cancellationToken)
    {
        var request = $"GET /{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        await SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        int length;
        while ((length = _buffer.AsSpan(0, _end).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync(cancellationToken)) throw new IOException("The server closed before it answered the upgrade.");
        }
        if (!_buffer.AsSpan().StartsWith("HTTP/1.1 101"u8)) throw new IOException(Encoding.ASCII.GetString(_buffer, 0, length));
        _start = length + 4;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0) _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length) Array.Resize(ref _buffer, 2 * _buffer.Length);
        var count = await _socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += count;
        return count > 0;
    }

    private bool TryRead(out byte opcode, out ReadOnlyMemory<byte> payload)
    {
        (opcode, payload) = (0, default);
        var unread = _buffer.AsSpan(_start, _end - _start);
        if (unread.Length < 2) return false;
        var size = unread[1] < 126 ? 2 : unread[1] == 126 ? 4 : 10;
        if (unread.Length < size) return false;
        var length = size switch
        {
            2 => unread[1],
            4 => BinaryPrimitives.ReadUInt16BigEndian(unread[2..]),
            _ => checked((int)BinaryPrimitives.ReadUInt64BigEndian(unread[2..])),
        };
        if (unread.Length - size < length) return false;
        opcode = (byte)(unread[0] & 0x0F);
        payload = _buffer.AsMemory(_start + size, length);
        _start += size + length;
        return true;
    }
}
