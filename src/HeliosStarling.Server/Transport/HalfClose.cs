using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>Ends one direction of a transport: the peer learns that no more bytes come, and can still send.</summary>
internal static class HalfClose
{
    /// <summary>Ends sending after all written bytes: with FIN on a socket, with close_notify before it under TLS.</summary>
    /// <param name="stream">The stream. Nobody else may read or write during the call.</param>
    /// <param name="socket">The socket below the stream; null when the transport has no socket of ours.</param>
    /// <param name="endSending">Ends sending on a transport without a socket; null when it cannot.</param>
    /// <param name="logger">Logs a broken transport.</param>
    /// <returns>False when the transport broke, or can only end both directions together.</returns>
    public static async ValueTask<bool> TryEndSendingAsync(Stream stream, SocketStream? socket, Func<Task>? endSending, ILogger logger)
    {
        try
        {
            if (stream is SslStream tls) await tls.ShutdownAsync().ConfigureAwait(false);
            if (endSending is not null) await endSending().ConfigureAwait(false);
            socket?.EndSending();
            return socket is not null || endSending is not null;
        }
        catch (Exception exception)
        {
            logger.ConnectionBroke(exception.Message);
            return false;
        }
    }
}
