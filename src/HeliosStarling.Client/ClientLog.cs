using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>What the client logs; never payloads or tokens.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(40, LogLevel.Debug, "The connection broke: {Fault}")]
    public static partial void ConnectionBroke(this ILogger logger, string fault);

    [LoggerMessage(41, LogLevel.Debug, "Connecting again failed: {Fault}")]
    public static partial void ReconnectFailed(this ILogger logger, string fault);
}
