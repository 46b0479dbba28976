using System.Net.Sockets;
using System.Security.Authentication;

namespace HeliosStarling;

/// <summary>Describes why a connection could not be opened.</summary>
internal static class DialFault
{
    /// <summary>Gets the message of the innermost cause, with advice where the message alone does not say what to change.</summary>
    /// <param name="exception">The exception of the connection attempt.</param>
    /// <param name="isSecure">Whether the client uses TLS.</param>
    public static string Of(Exception exception, bool isSecure)
    {
        var cause = exception.GetBaseException();
        var message = cause.Message.TrimEnd('.');
        return cause switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
                $"{message}. Check that the server runs, and the host and port of the address",
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } =>
                $"{message}. Check the host of the address",
            // The framework's exceptions differ in their text only. An untrusted certificate is no reason to give up TLS.
            AuthenticationException when message.Contains("frame", StringComparison.Ordinal) =>
                $"the server does not answer with TLS. If it has none at this port, use ws:// in the address ({message})",
            AuthenticationException when message.Contains("certificate", StringComparison.OrdinalIgnoreCase) =>
                $"the server's certificate is not trusted ({message}). Its names must include the host of the address, and its issuer must be trusted here: on a development machine, run 'dotnet dev-certs https --trust'",
            HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse } when !isSecure =>
                $"the server does not answer as HTTP ({message}). If it has TLS at this port, use wss:// in the address",
            _ => cause.Message,
        };
    }
}
