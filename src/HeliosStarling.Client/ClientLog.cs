using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>Log messages of the client. Payloads and tokens are never logged.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(40, LogLevel.Debug, "The connection broke: {Fault}")]
    public static partial void ConnectionBroke(this ILogger logger, string fault);

    [LoggerMessage(41, LogLevel.Debug, "Connecting again failed: {Fault}")]
    public static partial void ReconnectFailed(this ILogger logger, string fault);

    [LoggerMessage(42, LogLevel.Warning, "The server refuses the client: {Reason}. The client tries again. Give it another ticket with AccessTokenProvider, or call Stop() in a handler of starling:reconnecting")]
    public static partial void ClientRefused(this ILogger logger, string reason);

    [LoggerMessage(
        43,
        LogLevel.Warning,
        "The sign-in ticket was not renewed, and the server closes the connection when it ends: {Fault} The client tries again")]
    public static partial void NotRenewed(this ILogger logger, string fault);

    [LoggerMessage(44, LogLevel.Warning, "The server sent an error: {Code}: {Message} Register a handler with OnError to react to it. (Warnings not logged since the last one: {Unlogged}.)")]
    public static partial void ErrorIgnored(this ILogger logger, string code, string message, int unlogged);
}
