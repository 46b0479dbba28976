using System.Net.Sockets;
using System.Security.Authentication;

namespace HeliosStarling;

/// <summary>What to say of a connection that could not be opened.</summary>
internal static class DialFault
{
    /// <summary>The innermost cause, with what to check when nobody listens or a handshake of TLS met something else.</summary>
    public static string Of(Exception exception)
    {
        var cause = exception.GetBaseException();
        if (cause is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            return $"{cause.Message}. Check that the server runs, and the host and port of the address";
        return IsNoTls(cause)
            ? $"the server does not answer with TLS. If it has none at this port, use ws:// in the address ({cause.Message})"
            : cause.Message;
    }

    // A certificate that is not trusted is no reason to go without TLS. The framework tells the two apart by their text alone.
    private static bool IsNoTls(Exception cause) =>
        cause is AuthenticationException && cause.Message.Contains("frame", StringComparison.Ordinal);
}
