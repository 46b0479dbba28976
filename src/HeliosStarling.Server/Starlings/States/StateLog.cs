using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>Log messages about states. The states themselves are never logged.</summary>
internal static partial class StateLog
{
    [LoggerMessage(70, LogLevel.Warning, "State {Namespace} of starling {StarlingId} failed: {Code}")]
    public static partial void StateFailed(this ILogger logger, Exception? exception, string @namespace, string starlingId, string code);
}
