using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>Log messages about recovery tokens. The tokens themselves are never logged.</summary>
internal static partial class TokenLog
{
    [LoggerMessage(
        60, LogLevel.Warning, "No ConnectionKey is set, so recovery tokens are valid on this server only, and until its process ends.")]
    public static partial void NoConnectionKey(this ILogger logger);

    [LoggerMessage(64, LogLevel.Warning, "More starlings were closed for good than the state store in memory can remember. From now on, older tokens recover only starlings that are still held. Set a StateStore of your own.")]
    public static partial void TooManyClosed(this ILogger logger);

    [LoggerMessage(61, LogLevel.Error, "The state store failed.")]
    public static partial void StateStoreFailed(this ILogger logger, Exception exception);

    [LoggerMessage(62, LogLevel.Debug, "A recovery was refused: {Code}")]
    public static partial void RecoveryRefused(this ILogger logger, string code);

    [LoggerMessage(63, LogLevel.Warning, "A token for starling {StarlingId} could not be issued: {Fault} (Warnings not logged since the last one: {Unlogged}.)")]
    public static partial void TokenFailed(this ILogger logger, string starlingId, string fault, int unlogged);
}
