using System.Net.Sockets;
using System.Security.Authentication;

namespace HeliosStarling;

/// <summary>Describes why a connection could not be opened.</summary>
internal static class DialFault
{
    /// <summary>Gets the message of the innermost cause, with advice when no server listens or when the server does not use TLS.</summary>
    public static string Of(Exception exception)
    {
        var cause = exception.GetBaseException();
        if (cause is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            return $"{cause.Message}. Check that the server runs, and the host and port of the address";
        return IsNoTls(cause)
            ? $"the server does not answer with TLS. If it has none at this port, use ws:// in the address ({cause.Message})"
            : cause.Message;
    }

    // An untrusted certificate is not a server without TLS. The framework's exceptions differ in their text only.
    private static bool IsNoTls(Exception cause) =>
        cause is AuthenticationException && cause.Message.Contains("frame", StringComparison.Ordinal);
}
