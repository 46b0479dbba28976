using System.Runtime.InteropServices;

namespace HeliosStarling.Load;

/// <summary>TLS on a non-blocking socket (OpenSSL 3). Accepts any certificate.</summary>
internal sealed partial class Tls : IDisposable
{
    private const int WantRead = 2;
    private const int WantWrite = 3;
    private const int ControlMode = 33;

    // A partial write may continue from another buffer.
    private const int PartialAndMovingWrites = 1 | 2;

    private static readonly Lazy<nint> s_context = new(static () =>
    {
        var context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_ctrl(context, ControlMode, PartialAndMovingWrites, 0);
        return context;
    });

    private readonly nint _session = SSL_new(s_context.Value);

    /// <summary>Performs the handshake while the socket still blocks.</summary>
    public Tls(int socket)
    {
        if (SSL_set_fd(_session, socket) != 1 || SSL_connect(_session) != 1) throw new IOException("The TLS handshake failed.");
    }

    /// <summary>As <see cref="Native.Receive"/>: -1 when there is no data, 0 at the end of the stream.</summary>
    public unsafe int Receive(Span<byte> buffer)
    {
        var total = 0;
        fixed (byte* start = buffer)
        {
            while (total < buffer.Length)
            {
                var count = SSL_read(_session, start + total, buffer.Length - total);
                if (count <= 0) return total > 0 ? total : SSL_get_error(_session, count) is WantRead or WantWrite ? -1 : 0;
                total += count;
            }
        }
        return total;
    }

    /// <summary>As <see cref="Native.Send"/>: 0 when nothing was sent.</summary>
    public unsafe int Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            var count = SSL_write(_session, start, bytes.Length);
            if (count > 0) return count;
            return SSL_get_error(_session, count) is WantRead or WantWrite ? 0 : throw new IOException("The peer closed a connection.");
        }
    }

    public void Dispose() => SSL_free(_session);

    [LibraryImport("libssl.so.3")]
    private static partial nint TLS_client_method();

    [LibraryImport("libssl.so.3")]
    private static partial nint SSL_CTX_new(nint method);

    [LibraryImport("libssl.so.3")]
    private static partial nint SSL_CTX_ctrl(nint context, int command, nint larg, nint parg);

    [LibraryImport("libssl.so.3")]
    private static partial nint SSL_new(nint context);

    [LibraryImport("libssl.so.3")]
    private static partial int SSL_set_fd(nint session, int socket);

    [LibraryImport("libssl.so.3")]
    private static partial int SSL_connect(nint session);

    [LibraryImport("libssl.so.3")]
    private static unsafe partial int SSL_read(nint session, byte* buffer, int length);

    [LibraryImport("libssl.so.3")]
    private static unsafe partial int SSL_write(nint session, byte* buffer, int length);

    [LibraryImport("libssl.so.3")]
    private static partial int SSL_get_error(nint session, int result);

    [LibraryImport("libssl.so.3")]
    private static partial void SSL_free(nint session);
}
