using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>What is logged about recovery tokens; never one of them.</summary>
internal static partial class TokenLog
{
    [LoggerMessage(
        60, LogLevel.Warning, "No ConnectionKey is set: recovery tokens are good until this process ends, and for no other server.")]
    public static partial void NoConnectionKey(this ILogger logger);

    [LoggerMessage(64, LogLevel.Warning, "More starlings are closed for good than the state store in memory remembers: older tokens recover only starlings that are still held. Set a StateStore of your own.")]
    public static partial void TooManyClosed(this ILogger logger);

    [LoggerMessage(61, LogLevel.Error, "The state store failed.")]
    public static partial void StateStoreFailed(this ILogger logger, Exception exception);

    [LoggerMessage(62, LogLevel.Debug, "A recovery was refused: {Code}")]
    public static partial void RecoveryRefused(this ILogger logger, string code);

    [LoggerMessage(63, LogLevel.Warning, "Making a token for starling {StarlingId} failed: {Fault}")]
    public static partial void TokenFailed(this ILogger logger, string starlingId, string fault);
}
