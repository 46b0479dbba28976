using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>Ends one direction of a transport, so that the peer learns that nothing more comes while it can still send.</summary>
internal static class HalfClose
{
    /// <summary>Ends sending behind what was written: FIN on a socket, behind close_notify with TLS.</summary>
    /// <param name="stream">The bytes, both ways. Nobody may read or write meanwhile.</param>
    /// <param name="socket">What is under the stream, or the stream itself; null when that is no socket of ours.</param>
    /// <param name="endSending">Ends sending alone, for a transport without socket; null when it cannot.</param>
    /// <param name="logger">Is told when the transport broke.</param>
    /// <returns>False when the transport broke, or only ends both directions.</returns>
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
